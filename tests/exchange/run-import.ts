import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { importFile } from "~server/cli/import-file";
import { describeEnding } from "~server/cli/run-command";
import { withDatabase } from "~server/cli/with-database";
import { runScript, type ScriptRun } from "~tests/setup/run-script";
import type { TestDatabase } from "~tests/setup/database";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type ImportDesk = {
  readonly folder: string;
  readonly file: (name: string) => string;
  /** The command within this process: its arguments, answers and exit code are the same. */
  readonly run: (...args: string[]) => Promise<ScriptRun>;
  /** The command as its npm script starts it; that alone takes seconds. */
  readonly runAlone: (...args: string[]) => Promise<ScriptRun>;
  /** The command as a process of its own, to be killed. */
  readonly start: (...args: string[]) => ChildProcess;
};

export type ImportSummary = {
  rows: number;
  imported: number;
  already: number;
  bad: number;
  encoding: string;
  alreadyRows: number[];
  alreadyRowsLeftOut: number;
  errors: { row: number; column: string | null; reason: string; also?: { column: string }[] }[];
};

export function summaryOf(run: ScriptRun): ImportSummary {
  return JSON.parse(run.stdout) as ImportSummary;
}

async function runHere(args: readonly string[], env: Record<string, string>): Promise<ScriptRun> {
  const said = { stdout: "", stderr: "" };
  const into = (where: keyof typeof said) => ({ write: (text: string) => (said[where] += text) });
  // Threads take as long to start as a process; the command alone has them.
  const given = args.includes("--threads") ? args : [...args, "--threads", "0"];
  const around = { stdout: into("stdout"), stderr: into("stderr") };
  const status = await importFile(given, {
    ...around,
    withDatabase: (work) => withDatabase(work, { NODE_ENV: "development", ...env }),
  }).catch((error: unknown) => {
    const { line, exitCode } = describeEnding("tips:import", error);
    around.stderr.write(`${line}\n`);
    return exitCode;
  });
  return { status, ...said };
}

/** `tips:import` on a test database, with one secret key for all its runs. */
export function importDesk(test: TestDatabase): ImportDesk {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-import-"));
  const env = {
    DATABASE_URL: test.applicationUrl,
    MIGRATION_DATABASE_URL: test.migrationUrl,
    DATA_DIR: folder,
    DEMO: "off",
    SECRET_KEY: randomBytes(32).toString("base64"),
  };
  return {
    folder,
    file: (name) => path.join(folder, name),
    run: (...args) => runHere(args, env),
    runAlone: (...args) => runScript("server/cli/tips-import.ts", args, { env }),
    start: (...args) =>
      spawn(process.execPath, ["--import", "tsx", "server/cli/tips-import.ts", ...args], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, NODE_ENV: "development", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      }),
  };
}
