import type { CheckpointLine } from "~server/audit/checkpoint-files.server";
import type { Database } from "~db/client.server";
import { rootsOf } from "./published-roots";
import { collectFindings, type LedgerFault } from "./verify/fault-list";
import { withSnapshot } from "./verify/read-rows.server";
import { UNKEPT_RULE, verifyCheckpoints } from "./verify/verify-checkpoints.server";
import { verifySeals } from "./verify/verify-seals.server";

/**
 * What is wrong with the journal's chain and its checkpoint lines, other than that lines are missing; null when nothing
 * is. Asked before missing lines are written anew.
 */
export async function findJournalFault(
  db: Database,
  lines: readonly CheckpointLine[],
): Promise<LedgerFault | null> {
  const findings = collectFindings();
  await withSnapshot(db, "audit-verify", async (read) => {
    await verifySeals(read, findings, rootsOf(lines));
    await verifyCheckpoints(read, findings, lines);
  });
  return findings.faults.find(({ rule }) => rule !== UNKEPT_RULE) ?? null;
}
