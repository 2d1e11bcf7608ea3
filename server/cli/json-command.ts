// The manners of every command that reads JSON on stdin, writes JSON on stdout and needs no database: a refusal is
// one line on stderr naming the path, and nothing else is ever written to stdout. Commands with a database end by
// run-command.ts.
import type { z } from "zod";
import { describeFirstIssue } from "~server/describe-issue";

/** Bad input (exit 2): the line is `path: message`. */
export class InputError extends Error {
  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = "InputError";
  }
}

/** Beyond any real case, and small enough to hold in memory twice. */
const LARGEST_INPUT = 8 * 1024 * 1024;

async function readBytes(root: string, input: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    size += chunk.byteLength;
    if (size > LARGEST_INPUT) throw new InputError(root, "more than 8 MiB on standard input");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads one JSON document. Throws InputError when there is none, or it is not UTF-8 or not JSON. */
export async function readJson(
  root: string,
  input: AsyncIterable<Uint8Array> = process.stdin,
): Promise<unknown> {
  const bytes = await readBytes(root, input);
  let text: string;
  try {
    // A byte order mark, as some editors write it, is dropped by the decoder.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(root, "not valid UTF-8");
  }
  if (text.trim() === "") throw new InputError(root, "nothing on standard input, a JSON object is expected");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError(root, "not valid JSON");
  }
}

/** Parses with the schema, or throws InputError with the first issue as `root.path: message`. */
export function parseInput<Schema extends z.ZodType>(
  root: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = describeFirstIssue(root, parsed.error);
  throw new InputError(path, message);
}

/** Whatever the text holds (a message may quote the input), it leaves as one line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/**
 * Runs a command: what it returns is printed as one line of JSON. InputError exits 2; anything else
 * exits 1 with its message, a fault of the installation and not of the input. The exit code is set
 * rather than forced, so that a pipe gets all of its output.
 */
export async function runJsonCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    const result = await command();
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } catch (error) {
    const message = error instanceof Error ? error.message : "failed";
    process.stderr.write(`${oneLine(message)}\n`);
    process.exitCode = error instanceof InputError ? 2 : 1;
  }
}
