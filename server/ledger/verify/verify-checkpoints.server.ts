import type { CheckpointLine } from "~server/audit/checkpoint-files.server";
import { placeOf } from "../published-roots";
import type { Findings } from "./fault-list";
import type { ReadRows } from "./read-rows.server";

const RULE = "18 the journal's roots are those in the checkpoint files";
/** A root without a line: lost, or of a time before there were lines. `audit:verify -- --adopt-checkpoints` settles it. */
export const UNKEPT_RULE = "18 the journal's roots are kept in the checkpoint files";

/**
 * Holds the published roots against the checkpoint files: every line can be read and is a root still, and every root but
 * the newest, whose line may be about to be written, has its line. That the chain holds what the lines say, `verifySeals`
 * has seen. The first of each kind is named.
 */
export async function verifyCheckpoints(
  read: ReadRows,
  findings: Findings,
  lines: readonly CheckpointLine[],
): Promise<void> {
  const roots = await read<{ day: string; position: string; hash: string }>(
    "select day::text, position::text, encode(hash, 'hex') as hash from ledger_roots order by ledger_roots.day",
  );
  const known = new Map(roots.map((root) => [root.day, root]));
  const kept = new Set<string>();
  const denied = lines.flatMap((each) => {
    findings.count("checkpoints");
    const { checkpoint } = each;
    const at = placeOf(each);
    if (checkpoint === null) return [{ id: "", detail: `${at} is no root` }];
    kept.add(checkpoint.day);
    const root = known.get(checkpoint.day);
    if (root === undefined)
      return [{ id: checkpoint.day, detail: `published (${at}), and not here any more` }];
    const same = root.position === checkpoint.position.toString() && root.hash === checkpoint.hash;
    return same ? [] : [{ id: root.day, detail: `not what was published (${at})` }];
  });
  const [first] = denied;
  if (first !== undefined) findings.fault(RULE, "ledger_roots", first.id, first.detail);
  const unkept = roots.slice(0, -1).find(({ day }) => !kept.has(day));
  if (unkept !== undefined)
    findings.fault(
      UNKEPT_RULE,
      "ledger_roots",
      unkept.day,
      "no checkpoint file has its line: the line was removed, or could not be written, or the root is older than these files (compare it with /verify as published then, and run audit:verify -- --adopt-checkpoints)",
    );
}
