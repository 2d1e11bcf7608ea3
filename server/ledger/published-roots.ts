import type { CheckpointFiles, CheckpointLine } from "~server/audit/checkpoint-files.server";
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "~server/audit/checkpoint-line";

/** A root kept outside this database: a day, how many postings were sealed, and the last seal (hex). */
export type PublishedRoot = Checkpoint & {
  /** What it was read from; "kept elsewhere" when nothing is said. */
  readonly from?: string;
};

/** Sets a root of the journal apart from the audit trail's, in /verify.txt and in the checkpoint files. */
const MARK = "ledger ";

/** `ledger 2026-11-21 1042 9f86…`, without the line's end. */
export function formatLedgerRoot(root: Checkpoint): string {
  return `${MARK}${formatCheckpoint(root)}`;
}

/** Null when the line is not one. */
export function parseLedgerRoot(line: string): Checkpoint | null {
  return line.startsWith(MARK) ? parseCheckpoint(line.slice(MARK.length)) : null;
}

/** The journal's own files in the checkpoint folder: the trail's keep their names and lines. */
export const LEDGER_FILES: CheckpointFiles = {
  prefix: "ledger-",
  format: formatLedgerRoot,
  parse: parseLedgerRoot,
};

/** Where in the checkpoint files a line stands. */
export const placeOf = ({ file, line }: CheckpointLine): string => `checkpoint ${file}:${line}`;

/** The roots that lines of the checkpoint files hold; what cannot be read is none. */
export function rootsOf(lines: readonly CheckpointLine[]): PublishedRoot[] {
  return lines.flatMap((each) =>
    each.checkpoint === null ? [] : [{ ...each.checkpoint, from: placeOf(each) }],
  );
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
    const root = parseLedgerRoot(said);
    if (root === null) return at + 1;
    roots.push(root);
  }
  return roots;
}
