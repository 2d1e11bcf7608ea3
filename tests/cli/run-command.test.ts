import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { InputError } from "~server/cli/json-command";
import { describeEnding } from "~server/cli/run-command";
import { EnvError } from "~server/env.server";
import { notFound } from "~server/errors.server";
import { StartError } from "~server/start/start-error";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";

const test = testDatabase();
const dataDir = mkdtempSync(path.join(tmpdir(), "run-command-"));

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const CANARY = "canary-6225-0000-1111";

function argumentError(): unknown {
  try {
    return parseArgs({ args: ["--fast"], options: {} });
  } catch (error) {
    return error;
  }
}

describe("a command with a database", () => {
  it.each<[string, unknown, string | RegExp, number]>([
    ["bad arguments", new InputError("--name", "missing"), "--name: missing", 2],
    ["an option nobody knows", argumentError(), /^Unknown option '--fast'/, 2],
    ["an expected refusal", notFound(), notFound().publicMessage, 2],
    ["a bad environment", new EnvError("PORT: is not valid"), "PORT: is not valid", 1],
    ["a start that is refused", new StartError("PACK: unknown"), "PACK: unknown", 1],
    ["any other error", new Error(CANARY), "x failed (unknown fault)", 1],
    ["an error with a cause", new Error(CANARY, { cause: { code: "23505" } }), "x failed (23505)", 1],
    [
      "a code that is a value",
      Object.assign(new Error("x"), { code: CANARY }),
      "x failed (unknown fault)",
      1,
    ],
    ["what is no error", CANARY, "x failed (unknown fault)", 1],
  ])("ends on %s by its sentence and its exit code, or by the code alone", (_, error, line, exitCode) => {
    const ending = describeEnding("x", error);
    expect(ending.exitCode).toBe(exitCode);
    if (typeof line === "string") expect(ending.line).toBe(line);
    else expect(ending.line).toMatch(line);
  });

  it.each([
    ["drizzle", "22P02"],
    ["driver", "22P02"],
    ["nothing", "unknown fault"],
  ])(
    "never prints the value that an error of %s carries",
    async (how, shown) => {
      const ran = await runScript("tests/cli/fail-with-value.ts", [how, CANARY], {
        env: {
          DATABASE_URL: test.applicationUrl,
          MIGRATION_DATABASE_URL: test.migrationUrl,
          DATA_DIR: dataDir,
        },
      });
      expect(ran).toEqual({ status: 1, stdout: "", stderr: `fail failed (${shown})\n` });
    },
    60_000,
  );

  it.each(["ledger-verify", "ledger-export"])(
    "%s names the variable that is wrong and exits 1",
    async (name) => {
      const ran = await runScript(`server/cli/${name}.ts`, [], { env: { PORT: "none", DATA_DIR: dataDir } });
      expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 1, stdout: "" });
      expect(ran.stderr).toMatch(/^PORT: .+\n$/);
    },
  );
});
