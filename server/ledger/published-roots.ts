import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "~server/audit/checkpoint-line";

/** Sets a root of the journal apart from the audit trail's in /verify.txt. */
const MARK = "ledger ";

/** `ledger 2026-11-21 1042 9f86…`, without the line's end. */
export function formatLedgerRoot(root: Checkpoint): string {
  return `${MARK}${formatCheckpoint(root)}`;
}

/**
 * The journal's roots in a kept copy of /verify.txt, in its order; the audit trail's own roots, comments and empty lines
 * are passed over. A number where a line is none of these: which one, counted from 1.
 */
export function parseLedgerRoots(text: string): Checkpoint[] | number {
  const roots: Checkpoint[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/u, "")
    .split(/\r?\n/u)
    .entries()) {
    const said = line.trim();
    if (said === "" || said.startsWith("#") || parseCheckpoint(said) !== null) continue;
    const root = said.startsWith(MARK) ? parseCheckpoint(said.slice(MARK.length)) : null;
    if (root === null) return at + 1;
    roots.push(root);
  }
  return roots;
}
