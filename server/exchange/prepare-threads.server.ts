import { Worker } from "node:worker_threads";
import { prepareRows, type GivenRow, type PrepareGround, type RowOutcome } from "./prepare-rows.server";

export type Preparer = {
  /** How many pieces of work keep every thread busy. */
  readonly width: number;
  prepare(rows: readonly GivenRow[]): Promise<readonly RowOutcome[]>;
  close(): Promise<void>;
};

type Waiting = {
  readonly resolve: (outcomes: readonly RowOutcome[]) => void;
  readonly reject: (error: Error) => void;
};

/** Rows sealed in the caller's own thread before others have their turn: a few milliseconds. */
const AT_ONCE = 5;

/** Threads that read and seal rows; with none, the caller's own thread does. One that dies fails what is waiting. */
export function openThreads(ground: PrepareGround, count: number): Preparer {
  if (count === 0) {
    return {
      width: 1,
      prepare: async (rows) => {
        const outcomes: RowOutcome[] = [];
        for (let at = 0; at < rows.length; at += AT_ONCE) {
          outcomes.push(...prepareRows(ground, rows.slice(at, at + AT_ONCE)));
          // Whatever else this thread has to do comes in between.
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        return outcomes;
      },
      close: () => Promise.resolve(),
    };
  }
  const waiting = new Map<number, Waiting>();
  let lost: Error | null = null;
  const lose = (error: Error) => {
    lost ??= error;
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const threads = Array.from({ length: count }, () => {
    const thread = new Worker(new URL("./prepare-thread.mjs", import.meta.url), { workerData: ground });
    thread.on("message", ({ id, outcomes }: { id: number; outcomes: readonly RowOutcome[] }) => {
      waiting.get(id)?.resolve(outcomes);
      waiting.delete(id);
    });
    thread.on("error", () => lose(new Error("a thread failed")));
    thread.on("exit", () => lose(new Error("a thread ended")));
    return thread;
  });
  let last = 0;
  return {
    width: count * 2,
    prepare: (rows) =>
      new Promise((resolve, reject) => {
        if (lost !== null) return reject(lost);
        last += 1;
        waiting.set(last, { resolve, reject });
        threads[last % threads.length]?.postMessage({ id: last, rows });
      }),
    close: async () => {
      for (const thread of threads) await thread.terminate();
    },
  };
}
