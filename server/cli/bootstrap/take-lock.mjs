// A lock that outlives neither its process nor a kill -9.
//
// Lock files are numbered and the highest number is the lock. A dead holder is replaced by creating
// the next number, which only one contender can do; replacing the file itself would let two of them
// each remove the other's fresh lock. A released lock keeps its number, so that a slow contender
// with an old listing can never create a number that was already used.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIdentity } from "./process-identity.mjs";

/**
 * `handOver` makes another process, one we started, the holder: the lock is then free when that ends.
 * @typedef {{ release: () => void, handOver: (pid: number) => void }} Lock
 * @typedef {{ taken: true } & Lock | { taken: false, pid: number }} LockAnswer
 */

/**
 * Takes `<folder>/<name>.lock.<n>`, or names the running process that holds it.
 * @param {string} folder
 * @param {string} name
 * @returns {LockAnswer}
 */
export function takeLock(folder, name) {
  mkdirSync(folder, { recursive: true });
  const file = (/** @type {number} */ number) => join(folder, `${name}.lock.${number}`);
  for (;;) {
    const top = numbers(folder, name)[0] ?? 0;
    if (top > 0) {
      const holder = readHolder(file(top));
      if (holder !== null && processIdentity(holder.pid) === holder.identity) {
        return { taken: false, pid: holder.pid };
      }
    }
    const mine = top + 1;
    try {
      writeFileSync(file(mine), describe(process.pid), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (error.code === "EEXIST") continue;
      throw error;
    }
    const [highest, ...lower] = numbers(folder, name);
    if (highest !== mine) {
      rmSync(file(mine), { force: true });
      continue;
    }
    for (const number of lower) rmSync(file(number), { force: true });
    const rewrite = (/** @type {string} */ text) => {
      if (existsSync(folder)) writeFileSync(file(mine), text);
    };
    return { taken: true, release: () => rewrite("{}"), handOver: (pid) => rewrite(describe(pid)) };
  }
}

/**
 * Waits for the lock; `onWait` is told the holder's pid once.
 * @param {string} folder
 * @param {string} name
 * @param {(pid: number) => void} onWait
 * @returns {Promise<Lock>}
 */
export async function waitForLock(folder, name, onWait) {
  for (let told = false; ; told = true) {
    const answer = takeLock(folder, name);
    if (answer.taken) return answer;
    if (!told) onWait(answer.pid);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function describe(/** @type {number} */ pid) {
  return JSON.stringify({ pid, identity: processIdentity(pid) });
}

/** Highest first. */
function numbers(/** @type {string} */ folder, /** @type {string} */ name) {
  const prefix = `${name}.lock.`;
  return readdirSync(folder)
    .filter((entry) => entry.startsWith(prefix) && /^\d+$/.test(entry.slice(prefix.length)))
    .map((entry) => Number(entry.slice(prefix.length)))
    .sort((a, b) => b - a);
}

/**
 * An empty file is one that its creator is just writing, or died writing: a second tells which.
 * @param {string} path
 * @returns {{ pid: number, identity: string } | null}
 */
function readHolder(path) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      const holder = JSON.parse(readFileSync(path, "utf8"));
      return typeof holder.pid === "number" && typeof holder.identity === "string" ? holder : null;
    } catch (error) {
      if (error.code === "ENOENT") return null;
      if (!(error instanceof SyntaxError)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  return null;
}
