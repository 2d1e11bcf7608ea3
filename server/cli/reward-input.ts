import { text } from "node:stream/consumers";
import type { z } from "zod";
import { describeIssue } from "~server/rewards/describe-issue";

/** Bad input, in one line that begins with the path of the offending value. */
export class BadInputError extends Error {
  constructor(path: string, reason: string) {
    super(oneLine(path === "" ? reason : `${path}: ${reason}`));
    this.name = "BadInputError";
  }
}

/** A message may quote the input, and the contract is one line. */
export function oneLine(message: string): string {
  return message.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** Reads all of stdin as JSON. Throws BadInputError at `stdin` when it is not JSON. */
export async function readStdinJson(): Promise<unknown> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input) as unknown;
  } catch {
    throw new BadInputError("stdin", "expected one JSON value");
  }
}

/** The input as the schema types it. Throws BadInputError with the first fault's path. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const { path, reason } = first ? describeIssue(first) : { path: "", reason: "invalid" };
  throw new BadInputError(path === "" ? "stdin" : path, reason);
}
