import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { canonicalJson } from "~server/canonical-json";
import { describeFirstIssue } from "~server/describe-issue";
import { SchemeRefusedError } from "./reward-errors";
import { schemeSchema, storedSchemeSchema, type RefusedParts, type Scheme } from "./scheme-grammar";
import acrc2006 from "./schemes/acrc-2006.json";
import beijing2016 from "./schemes/beijing-2016.json";
import csrc2026 from "./schemes/csrc-2026.json";
import csrcOld from "./schemes/csrc-old.json";
import foodDrugHenan from "./schemes/food-drug-henan.json";
import jinhuaDefault from "./schemes/jinhua-default.json";
import qinghaiFundraising from "./schemes/qinghai-fundraising.json";
import samr2021 from "./schemes/samr-2021.json";
import secDoddFrank from "./schemes/sec-dodd-frank.json";
import shanghaiFixed from "./schemes/shanghai-fixed.json";
import tax2007 from "./schemes/tax-2007.json";
import tianjinStage from "./schemes/tianjin-stage.json";

// Imported, not read from a folder: the built server's own copy of this module has no such folder beside it.
const shipped = new Map<string, unknown>([
  ["acrc-2006", acrc2006],
  ["beijing-2016", beijing2016],
  ["csrc-2026", csrc2026],
  ["csrc-old", csrcOld],
  ["food-drug-henan", foodDrugHenan],
  ["jinhua-default", jinhuaDefault],
  ["qinghai-fundraising", qinghaiFundraising],
  ["samr-2021", samr2021],
  ["sec-dodd-frank", secDoddFrank],
  ["shanghai-fixed", shanghaiFixed],
  ["tax-2007", tax2007],
  ["tianjin-stage", tianjinStage],
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
    const [first] = parsed.error.issues;
    const parts = first?.code === "custom" ? (first.params as RefusedParts | undefined) : undefined;
    throw new SchemeRefusedError(file, path, message, parts?.fault ?? null);
  }
  const sha256 = createHash("sha256").update(canonicalJson(parsed.data), "utf8").digest("hex");
  return { scheme: parsed.data, sha256 };
}

/** A version as it is stored, for what it decided. Throws SchemeRefusedError for content that is no scheme. */
export function readStoredScheme(content: unknown): Scheme {
  const parsed = storedSchemeSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path, message } = describeFirstIssue("", parsed.error);
  throw new SchemeRefusedError("stored scheme", path, message);
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
