import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "~server/env.server";
import { openPortal } from "~server/start/open-portal";
import { measureFlood } from "./measure-flood";
import { measureLedger } from "./measure-ledger";
import { measureIntake } from "./measure-intake";
import { measurePages } from "./measure-pages";
import { measureSealing } from "./measure-sealing";
import { printTable } from "./print-table";

// `npm run bench`: a portal of its own on a scratch database, measured over real HTTP on this machine, beside a bare
// pg loop that inserts the same rows in the same run. Quote the ratios: machines differ and are shared.

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function startServer(env: Record<string, string>): Promise<{ pid: number; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ["--import", "tsx", "server/index.ts"], {
    cwd: ROOT,
    env: { ...process.env, ...env, NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("\nready ")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the portal stopped with code ${String(code)}`)));
  });
  return {
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

const dataDir = mkdtempSync(path.join(os.tmpdir(), "portal-bench-"));
// PostgreSQL runs as another account when this is root: it must be able to pass through.
chmodSync(dataDir, 0o711);
const port = String(await freePort());
const given = {
  DATA_DIR: dataDir,
  PORT: port,
  PUBLIC_ORIGIN: `http://localhost:${port}`,
  DEMO: "on",
  TRUST_PROXY: "1",
};
const server = await startServer(given);
try {
  const open = await openPortal(parseEnv({ ...process.env, ...given, NODE_ENV: "development" }, ROOT), {
    beside: true,
  });
  const { portal } = open;
  try {
    const intake = await measureIntake(portal, server.pid);
    const sealingMs = await measureSealing(portal);
    const flood = await measureFlood(portal, Number(process.env["FLOOD_TIPS"] ?? "300"));
    const pages = await measurePages(portal);
    process.stdout.write(
      `Node ${process.versions.node}, ${String(os.cpus().length)} cores, server, database and load on one machine\n\n`,
    );
    printTable(["reports accepted", "portal /s", "bare inserts /s", "portal ÷ bare"], intake.rates);
    printTable(
      ["CPU a report", "ms"],
      [
        ["sealing to three recipients", sealingMs.toFixed(2)],
        ["the whole intake, in the server", intake.cpuMs?.toFixed(2) ?? "not told here"],
      ],
    );
    printTable(["concurrency 32", "reports", "/s"], flood);
    printTable(["ledger", "postings /s", "bare inserts /s", "ratio"], await measureLedger());
    printTable(["page", "median ms", "p95 ms"], pages.times);
    printTable(["public page", "bytes without script", "bytes with script"], pages.bytes);
  } finally {
    await open.close();
  }
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
