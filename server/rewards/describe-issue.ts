import type { z } from "zod";

/** `["informants", 0, "kind"]` → `informants[0].kind`; the root is the empty string. */
export function describePath(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** The path of the offending value and, in a few words without line breaks, what is wrong with it. */
export function describeIssue(issue: z.core.$ZodIssue): { path: string; reason: string } {
  if (issue.code === "unrecognized_keys") {
    return { path: describePath([...issue.path, issue.keys[0] ?? ""]), reason: "unknown key" };
  }
  // The branch of a union that got furthest knows best what was meant.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const furthest = issue.errors
      .flat()
      .reduce<z.core.$ZodIssue | undefined>(
        (best, each) => (best && best.path.length >= each.path.length ? best : each),
        undefined,
      );
    if (furthest && furthest.path.length > 0) {
      return describeIssue({ ...furthest, path: [...issue.path, ...furthest.path] });
    }
  }
  return { path: describePath(issue.path), reason: issue.message.replace(/\s+/g, " ") };
}
