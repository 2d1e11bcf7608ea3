import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pino, { type Logger } from "pino";
import { databaseFault } from "./errors.server";

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

const FRAME = /^\s+at (?:.* \()?((?:file:\/\/)?\/[^()]*|[A-Za-z]:\\[^()]*|node:[\w/]+):(\d+):(\d+)\)?$/;
const FRAMES = 8;

/**
 * Where a fault arose, as `file:line:column` of at most eight frames, for the log. Nothing of the message comes along,
 * however many lines it has and whatever they look like: the message is cut off first, and only files that exist (or
 * Node's own modules) are named. Function names, which may hold computed keys, are left out.
 */
export function faultTrace(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const stack = error.stack;
  const message = error.message === "" ? -1 : stack.indexOf(error.message);
  const frames = message < 0 ? stack : stack.slice(message + error.message.length);
  const named = frames.split("\n").flatMap((line) => {
    const [, file, at, column] = FRAME.exec(line) ?? [];
    if (file === undefined || at === undefined || column === undefined) return [];
    const place = file.startsWith("node:") ? file : sourceFile(file);
    return place === null || Number(at) > 1e6 ? [] : [`${place}:${at}:${column}`];
  });
  return named.slice(0, FRAMES);
}

/** The path of a file that exists, from the portal's folder where it lies there; null for anything else. */
function sourceFile(named: string): string | null {
  try {
    const file = named.startsWith("file:") ? fileURLToPath(named) : named;
    if (!existsSync(file)) return null;
    const within = path.relative(process.cwd(), file);
    return within.startsWith("..") ? file : within;
  } catch {
    return null;
  }
}

/**
 * A fault's own code where it has one of the known forms (PostgreSQL's, Node's `ERR_…` and `E…`), else what kind of
 * error it is: never free text.
 */
export function faultCode(error: unknown): string {
  const { code } = databaseFault(error);
  if (code !== undefined) return code;
  if (!(error instanceof Error)) return "not an error";
  const own = "code" in error ? error.code : undefined;
  if (typeof own === "string" && /^E[A-Z0-9_]{2,40}$/.test(own)) return own;
  return /^[A-Z][A-Za-z]{2,40}Error$/.test(error.constructor.name) ? error.constructor.name : "Error";
}
