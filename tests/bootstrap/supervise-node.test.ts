import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { processIdentity } from "~server/cli/bootstrap/process-identity.mjs";

const SUPERVISE = new URL("../../server/cli/bootstrap/supervise-node.mjs", import.meta.url).href;

/** Counts the signals it gets in a file, and ends with 7 a while after the first. */
const child = (file: string) => `
  const fs = require("node:fs");
  const got = (signal) => { fs.appendFileSync(${JSON.stringify(file)}, signal + " "); };
  process.once("SIGINT", end).once("SIGTERM", end).on("SIGINT", got).on("SIGTERM", got);
  function end() { setTimeout(() => process.exit(7), 400); }
  setInterval(() => undefined, 1000);
  console.log(process.pid);`;

async function supervised() {
  const folder = mkdtempSync(join(tmpdir(), "supervise-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "signals");
  const script = `
    import { superviseNode } from ${JSON.stringify(SUPERVISE)};
    const { code } = await superviseNode(["-e", ${JSON.stringify(child(file))}], { cwd: "/" });
    process.exitCode = code;`;
  const supervisor = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(supervisor, "exit") as Promise<[number | null]>;
  const [line] = (await once(supervisor.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  return { supervisor, exit, pid, signals: () => readFileSync(file, "utf8").trim() };
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s, however often repeated, reaches the child once, and its exit code comes back",
  async (signal) => {
    const { supervisor, exit, pid, signals } = await supervised();
    for (let times = 0; times < 3; times += 1) {
      supervisor.kill(signal);
      await setTimeout(30);
    }
    expect((await exit)[0]).toBe(7);
    expect(signals()).toBe(signal);
    expect(processIdentity(pid)).toBeNull();
  },
);

test("a supervisor killed outright leaves no orphan: the child is asked to end", async () => {
  const { supervisor, exit, pid, signals } = await supervised();
  supervisor.kill("SIGKILL");
  await exit;
  while (processIdentity(pid) !== null) await setTimeout(20);
  expect(signals()).toBe("SIGTERM");
});
