import { parentPort, workerData } from "node:worker_threads";
import { prepareRows, type GivenRow, type PrepareGround } from "./prepare-rows.server";

// One thread of `openThreads`: reads and seals what it is sent.
const ground = workerData as PrepareGround;

parentPort?.on("message", ({ id, rows }: { id: number; rows: readonly GivenRow[] }) => {
  parentPort?.postMessage({ id, outcomes: prepareRows(ground, rows) });
});
