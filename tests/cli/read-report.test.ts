import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readReport } from "~server/cli/read-report";

const folder = mkdtempSync(path.join(tmpdir(), "portal-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(report: string) {
  const file = path.join(folder, "report.json");
  writeFileSync(file, report);
  return readReport(file, "/project");
}

const counts = { numPassedTests: 2, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
const result = (fullName: string, status: string, failureMessages: string[] = []) => ({
  fullName,
  status,
  failureMessages,
});

describe("a runner's report", () => {
  it("gives the counts, and of each failure where and why without colours", () => {
    const told = read(
      JSON.stringify({
        ...counts,
        testResults: [
          { name: "/project/tests/a.test.ts", status: "passed", assertionResults: [result("a", "passed")] },
          {
            name: "/project/tests/b.test.ts",
            status: "failed",
            assertionResults: [
              result("b passes", "passed"),
              result("b fails", "failed", ["\u001b[31mexpected 1\u001b[39m\n  at b.test.ts:3"]),
            ],
          },
        ],
      }),
    );
    expect(told).toEqual({
      passed: 2,
      failed: 1,
      skipped: 2,
      failures: ["× tests/b.test.ts > b fails\n    expected 1\n      at b.test.ts:3"],
    });
  });

  it("names a file that failed before its first test, and shows no more than the first lines of a failure", () => {
    const message = Array.from({ length: 80 }, (_none, line) => `line ${String(line)}`).join("\n");
    const failed = { name: "/project/tests/c.test.ts", status: "failed", message, assertionResults: [] };
    const [failure = ""] = read(JSON.stringify({ ...counts, testResults: [failed] }))?.failures ?? [];
    expect(failure.split("\n").slice(0, 2)).toEqual(["× tests/c.test.ts", "    line 0"]);
    expect(failure.split("\n").length).toBeLessThan(40);
  });

  it.each([
    ["", "an empty file"],
    ["{", "half of one"],
    ["{}", "another thing"],
  ])("is none where the runner left %j", (text) => {
    expect(read(text)).toBeNull();
  });
});
