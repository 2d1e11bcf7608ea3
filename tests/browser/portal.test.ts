import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startPortal, type PortalOptions } from "./portal";

function startFixture(behaviour: string, more: Partial<PortalOptions> = {}) {
  return startPortal({
    name: `fixture-${behaviour}`,
    entry: "tests/browser/fixtures/small-server.ts",
    env: { BEHAVIOUR: behaviour },
    ...more,
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(["announces", "answers-health"])(
  "a server that %s is ready, and stops when asked",
  async (behaviour) => {
    const portal = await startFixture(behaviour);
    const response = await fetch(`${portal.origin}/somewhere`);
    expect(await response.text()).toBe("/somewhere");
    expect(isRunning(portal.pid)).toBe(true);
    await portal.stop();
    expect(isRunning(portal.pid)).toBe(false);
    expect(await readFile(portal.logFile, "utf8")).toContain("stopping, NODE_ENV is development");
  },
);

test("two portals at once have ports of their own", async () => {
  const [one, two] = await Promise.all([startFixture("announces"), startFixture("announces")]);
  expect(one.origin).not.toBe(two.origin);
  await Promise.all([one.stop(), two.stop()]);
});

test("a server that exits early fails the start with its exit code and last words", async () => {
  await expect(startFixture("exits")).rejects.toThrow(/exited early with 3;[^]*the database is not there/);
});

test("a server that is never healthy fails the start and is not left running", async () => {
  await expect(startFixture("unhealthy", { startWithin: 2_000 })).rejects.toThrow(/not ready within 2000 ms/);
});

test("a server on another port than the one given fails the start", async () => {
  await expect(startFixture("announces-another-port")).rejects.toThrow(/was given port \d+ but announced/);
});

test("a server that ignores SIGTERM is killed, and the test that ran it fails", async () => {
  const portal = await startFixture("ignores-sigterm", { stopWithin: 300 });
  await expect(portal.stop()).rejects.toThrow(/ignored SIGTERM for 300 ms/);
  expect(isRunning(portal.pid)).toBe(false);
});

test("a server that died during the journey fails it", async () => {
  const portal = await startFixture("announces");
  process.kill(portal.pid, "SIGKILL");
  while (isRunning(portal.pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(portal.stop()).rejects.toThrow(/had already died with SIGKILL/);
});

test("a server does not outlive a test process that was killed", async () => {
  const doomed = promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    fileURLToPath(new URL("fixtures/start-and-die.ts", import.meta.url)),
  ]);
  const pid = await doomed.then(
    () => expect.unreachable("the process kills itself"),
    (killed: { stdout: string }) => Number(killed.stdout),
  );
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
});
