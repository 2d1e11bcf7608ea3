import { readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

// What `npm test` reads of a test runner's report: how many, and the failures alone, each with where and why. A log cut
// after its first lines must still name what failed.

const LINES_A_FAILURE = 25;

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export type TestReport = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One text a failure; files that failed before their first test are among them. */
  readonly failures: readonly string[];
};

/** Reads the JSON report at `file`; null where the runner died before it wrote one. */
export function readReport(file: string, root: string): TestReport | null {
  let read: z.infer<typeof report>;
  try {
    read = report.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
  return {
    passed: read.numPassedTests,
    failed: read.numFailedTests,
    skipped: read.numPendingTests + read.numTodoTests,
    failures: read.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const at = path.relative(root, name);
      const failed = assertionResults.filter((result) => result.status === "failed");
      if (failed.length === 0) return status === "failed" ? [print(at, message ?? "")] : [];
      return failed.map((result) =>
        print(`${at} > ${result.fullName}`, (result.failureMessages ?? []).join("\n")),
      );
    }),
  };
}

function print(title: string, why: string): string {
  const lines = stripVTControlCharacters(why).trim().split("\n").slice(0, LINES_A_FAILURE);
  return [`× ${title}`, ...lines.map((line) => `    ${line}`)].join("\n");
}
