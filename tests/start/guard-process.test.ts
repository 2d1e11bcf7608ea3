import { describe, expect, it } from "vitest";
import { faultCode, faultTrace } from "~server/log.server";
import { runScript } from "~tests/setup/run-script";

const CANARY = "canary6225000011112222";
const run = (how: string) => runScript("tests/start/fault-script.ts", [how, CANARY]);

describe("what nobody caught", () => {
  it.each([
    ["throw", "uncaught exception", "Error"],
    ["renamed", "uncaught exception", "Error"],
    ["text", "uncaught exception", "not an error"],
  ])(
    "ends the process in order after an exception (%s), and tells a reference, a code and source lines alone",
    async (how, what, code) => {
      const { status, stdout, stderr } = await run(how);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "ending\n" });
      expect(stderr).not.toContain(CANARY);
      const [first = "", ...frames] = stderr.trimEnd().split("\n");
      expect(first).toMatch(new RegExp(`^${what} \\([0-9a-f]{8}\\): ${code}$`));
      for (const line of frames) expect(line).toMatch(/^ {2}\S+:\d+:\d+$/);
      if (how !== "text") expect(frames.join()).toContain("fault-script.ts:");
    },
    30_000,
  );

  it.each([
    ["reject", "Error"],
    ["query", "23505"],
    ["object", "not an error"],
  ])(
    "goes on after a rejection (%s), which is told without its message",
    async (how, code) => {
      const { status, stdout, stderr } = await run(how);
      expect({ status, stdout }).toEqual({ status: 0, stdout: "going on\n" });
      expect(stderr).not.toContain(CANARY);
      expect(stderr.split("\n")[0]).toMatch(new RegExp(`^unhandled rejection \\([0-9a-f]{8}\\): ${code}$`));
    },
    30_000,
  );
});

describe("the source lines of a fault", () => {
  it("hold nothing of a message of several lines, even when it looks like one of them", () => {
    const error = new Error(`one\n    at ${CANARY} (/etc/hosts:1:1)\n    at /etc/hosts:2:2\n${CANARY}`);
    const trace = faultTrace(error);
    expect(trace.length).toBeGreaterThan(0);
    expect(trace.join()).not.toMatch(/canary|hosts/);
    for (const line of trace) expect(line).toMatch(/^\S+:\d+:\d+$/);
  });

  it("are none for what is no error", () => {
    expect(faultTrace(CANARY)).toEqual([]);
    expect(faultTrace({ stack: `    at /etc/hosts:1:1` })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["a database's code", new Error("x", { cause: { code: "40001" } }), "40001"],
    ["a system call's", Object.assign(new Error("x"), { code: "ECONNRESET" }), "ECONNRESET"],
    ["the kind of error", new TypeError(CANARY), "TypeError"],
    ["no code that is a value", Object.assign(new Error("x"), { code: CANARY }), "Error"],
    ["no name that is a value", Object.assign(new Error("x"), { name: CANARY }), "Error"],
  ])("go with %s", (_what, error, code) => {
    expect(faultCode(error)).toBe(code);
  });
});
