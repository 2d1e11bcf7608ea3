import pino, { type Logger } from "pino";

/**
 * One log for the process, to stderr. Only codes, references and staff ids go in: never tip content, contact data,
 * receipts, addresses or User-Agents of reporters, and never an error's message (drizzle's carries bound values).
 */
export function createLog(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** The source lines of a fault without its message, for the log. */
export function faultTrace(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  return error.stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}
