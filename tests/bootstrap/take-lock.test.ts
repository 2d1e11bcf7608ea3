import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { processIdentity } from "~server/cli/bootstrap/process-identity.mjs";
import { takeLock } from "~server/cli/bootstrap/take-lock.mjs";

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const hold = (folder: string, number: number, pid: number, identity: string | null) =>
  writeFileSync(join(folder, `a.lock.${number}`), JSON.stringify({ pid, identity }));

test("a held lock names its holder, a released one is free", () => {
  const folder = tempFolder();
  const lock = takeLock(folder, "a");
  expect(takeLock(folder, "a")).toEqual({ taken: false, pid: process.pid });
  expect(takeLock(folder, "b").taken).toBe(true);
  if (lock.taken) lock.release();
  expect(takeLock(folder, "a").taken).toBe(true);
});

test("the lock of a process that is gone, or whose number was given to another, is free", () => {
  const folder = tempFolder();
  hold(folder, 1, 2 ** 22 + 1, "gone");
  expect(processIdentity(2 ** 22 + 1)).toBeNull();
  const first = takeLock(folder, "a");
  expect(first.taken).toBe(true);
  hold(folder, 3, process.pid, "an earlier life");
  expect(takeLock(folder, "a").taken).toBe(true);
  expect(readdirSync(folder)).toEqual(["a.lock.4"]);
});

test("a lock handed over is held until the other process ends", async () => {
  const folder = tempFolder();
  const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  const lock = takeLock(folder, "a");
  if (lock.taken) lock.handOver(other.pid ?? 0);
  expect(takeLock(folder, "a")).toEqual({ taken: false, pid: other.pid });
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(takeLock(folder, "a").taken).toBe(true);
});

test("a lock file left empty by a kill is free", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "a.lock.1"), "");
  expect(takeLock(folder, "a").taken).toBe(true);
});

test("of many that find a dead holder at once exactly one takes the lock", async () => {
  const folder = tempFolder();
  hold(folder, 7, 2 ** 22 + 1, "gone");
  const lockModule = new URL("../../server/cli/bootstrap/take-lock.mjs", import.meta.url).href;
  const script = `
    import { takeLock } from ${JSON.stringify(lockModule)};
    while (Date.now() < Number(process.argv[1]));
    console.log(takeLock(${JSON.stringify(folder)}, "a").taken);
    setTimeout(() => undefined, 800);`;
  const start = String(Date.now() + 500);
  const contend = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, start]);
  const answers = await Promise.all([1, 2, 3, 4].map(contend));
  expect(answers.filter(({ stdout }) => stdout.trim() === "true")).toHaveLength(1);
});
