import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { canonicalJson } from "~server/canonical-json";
import { describeFirstIssue } from "~server/describe-issue";
import { SchemeRefusedError } from "./reward-errors";
import { schemeSchema, type Scheme } from "./scheme-grammar";
import jinhuaDefault from "./schemes/jinhua-default.json";
import samr2021 from "./schemes/samr-2021.json";

// Imported, not read from a folder: the built server's own copy of this module has no such folder beside it.
const shipped = new Map<string, unknown>([
  ["jinhua-default", jinhuaDefault],
  ["samr-2021", samr2021],
]);

/** `sha256`: hex, over the scheme's canonical JSON. A version, once used, keeps it for ever. */
export type LoadedScheme = { scheme: Scheme; sha256: string };

export function listShippedSchemeIds(): string[] {
  return [...shipped.keys()];
}

/**
 * A shipped scheme by its id, or any scheme by the path of its JSON file (something with a dot or a
 * slash in it). Paths are for the command line and tests: a route passes ids only.
 * Throws SchemeRefusedError, which names the file, the path in it and, for rules that contradict each
 * other, both clauses.
 */
export function loadScheme(idOrPath: string): LoadedScheme {
  if (!/[./\\]/.test(idOrPath)) {
    const data = shipped.get(idOrPath);
    if (data === undefined) throw new SchemeRefusedError("scheme", "", `unknown scheme "${idOrPath}"`);
    return parseScheme(data, `${idOrPath}.json`);
  }
  return parseScheme(readJson(idOrPath), idOrPath);
}

/** Checks a scheme already read from JSON; `file` is the name that a refusal carries. */
export function parseScheme(data: unknown, file: string): LoadedScheme {
  const parsed = schemeSchema.safeParse(data);
  if (!parsed.success) {
    const { path, message } = describeFirstIssue("", parsed.error);
    throw new SchemeRefusedError(file, path, message);
  }
  const sha256 = createHash("sha256").update(canonicalJson(parsed.data), "utf8").digest("hex");
  return { scheme: parsed.data, sha256 };
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new SchemeRefusedError(path, "", "cannot be read");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SchemeRefusedError(path, "", "is not JSON");
  }
}
