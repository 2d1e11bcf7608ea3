import { EnvError } from "~server/env.server";
import { DomainError, databaseFault } from "~server/errors.server";
import { StartError } from "~server/start/start-error";
import { InputError, oneLine } from "./json-command";

type Ending = { line: string; exitCode: 1 | 2 };

/** util.parseArgs refuses with these; its sentence quotes nothing but the command line. */
function isArgumentError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("ERR_PARSE_ARGS_")
  );
}

/**
 * How a command with a database ends on an error. Only errors written for people show their sentence; of any other
 * the PostgreSQL code is all that may be seen: database messages carry bound values and row contents.
 */
export function describeEnding(name: string, error: unknown): Ending {
  if (error instanceof InputError || isArgumentError(error)) return { line: error.message, exitCode: 2 };
  if (error instanceof DomainError) return { line: error.publicMessage, exitCode: 2 };
  if (error instanceof EnvError || error instanceof StartError) return { line: error.message, exitCode: 1 };
  return { line: `${name} failed (${databaseFault(error).code ?? "unknown fault"})`, exitCode: 1 };
}

/**
 * Runs a command that works with the database: `name` is the one it is called by (`ledger:verify`), `command` writes
 * its own output and may return an exit code. An error ends as one line on stderr: exit 2 where the arguments or what
 * they ask for are refused, 1 for everything else. The exit code is set rather than forced, so that a pipe gets all
 * of its output.
 */
export async function runCommand(name: string, command: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await command()) ?? 0;
  } catch (error) {
    const { line, exitCode } = describeEnding(name, error);
    process.stderr.write(`${oneLine(line)}\n`);
    process.exitCode = exitCode;
  }
}
