import { describeFirstIssue, findFurthestIssue, formatPath } from "~server/describe-issue";
import { findAgencyFault } from "~server/packs/check-agencies";
import { findNestedFault } from "~server/packs/check-nested";
import { findRuleFault } from "~server/packs/check-rules";
import { findTerritoryFault } from "~server/packs/check-territory";
import { packShape, type Pack } from "~server/packs/grammar";
import { PackError } from "~server/packs/pack-error";

/** A place in a pack and what is wrong there; `rule` where a rule is at fault. */
export type PackFault = { path: readonly PropertyKey[]; rule?: string; fault: string };

/** The id of the innermost object with one on the way to the path: the rule an issue belongs to. */
function ruleAt(value: unknown, path: readonly PropertyKey[]): string | null {
  let at: unknown = value;
  let found: string | null = null;
  for (const step of path) {
    if (typeof at !== "object" || at === null) break;
    at = (at as Record<PropertyKey, unknown>)[step];
    if (typeof at !== "object" || at === null) continue;
    const { id } = at as { id?: unknown };
    if (typeof id === "string" && id.includes(".")) found = id;
  }
  return found;
}

/**
 * Accepts or refuses a pack as a whole: shape first, then everything a shape cannot say (references,
 * reachability, uniqueness). Throws PackError naming file, path and rule of the first fault.
 * `fileOf` says which data file a top-level key came from.
 */
export function checkPack(value: unknown, fileOf: (key: string) => string | null = () => null): Pack {
  const file = (path: readonly PropertyKey[]) => fileOf(String(path[0] ?? ""));
  const parsed = packShape.safeParse(value);
  if (!parsed.success) {
    const { path, message } = describeFirstIssue("", parsed.error);
    const first = parsed.error.issues[0];
    const issue = first && findFurthestIssue(first);
    const steps = issue?.code === "unrecognized_keys" ? [...issue.path, ...issue.keys] : (issue?.path ?? []);
    throw new PackError(
      { file: file(steps), path: path || "pack", rule: ruleAt(value, issue?.path ?? []) },
      message,
    );
  }
  const { fallback, ...rest } = parsed.data;
  if (!fallback) {
    const led = new Set(
      rest.rows.filter((row) => row.rules.some((rule) => !rule.when)).map(({ sector }) => sector),
    );
    const open = rest.sectors.findIndex(({ id }) => !led.has(id));
    const path = open < 0 ? ["fallback"] : ["sectors", open];
    const fault =
      open < 0 ? "missing" : `sector "${rest.sectors[open]?.id}" has no row and the pack has no fallback`;
    throw new PackError({ file: file(path), path: formatPath("", path), rule: null }, fault);
  }
  const pack: Pack = { ...rest, fallback };
  const fault =
    findAgencyFault(pack) ?? findRuleFault(pack) ?? findTerritoryFault(pack) ?? findNestedFault(pack);
  if (fault) {
    throw new PackError(
      { file: file(fault.path), path: formatPath("", fault.path), rule: fault.rule ?? null },
      fault.fault,
    );
  }
  return pack;
}
