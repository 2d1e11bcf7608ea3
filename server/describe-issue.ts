import type { z } from "zod";

/** Where in a document a fault lies and what it is, each on one line. */
export type IssueText = { path: string; message: string };

/** `facts` + ["sectors", 0] → `facts.sectors[0]`; a key that is no identifier is quoted. */
export function formatPath(root: string, path: readonly PropertyKey[]): string {
  let text = root;
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][\w]*$/.test(String(step))) text += text === "" ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}

/**
 * The issue that says most: of a union, where every branch failed, the one from the branch that got furthest, which
 * knows best what was meant. Its path is the whole one from the root.
 */
export function findFurthestIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const [first, ...others] = issue.errors.flat();
  if (first === undefined) return issue;
  const furthest = others.reduce((best, each) => (each.path.length > best.path.length ? each : best), first);
  if (furthest.path.length === 0) return issue;
  return findFurthestIssue({ ...furthest, path: [...issue.path, ...furthest.path] });
}

/**
 * One zod issue in the words of the command contract (`facts.sectors[0]: unknown sector "x"`).
 * zod reports an unknown key at its parent; people look for the key itself, so the path is extended.
 */
export function describeIssue(root: string, reported: z.core.$ZodIssue): IssueText {
  const issue = findFurthestIssue(reported);
  if (issue.code === "unrecognized_keys") {
    return { path: formatPath(root, [...issue.path, ...issue.keys.slice(0, 1)]), message: "unknown key" };
  }
  const path = formatPath(root, issue.path);
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
    return { path, message: "missing" };
  }
  const words = issue.message.replace(/^Invalid input: /, "");
  return { path, message: words.replace(/\s+/g, " ") };
}

/** The first issue of a zod error; a failed parse always has one. */
export function describeFirstIssue(root: string, error: z.core.$ZodError): IssueText {
  const first = error.issues[0];
  return first ? describeIssue(root, first) : { path: root, message: "not accepted" };
}
