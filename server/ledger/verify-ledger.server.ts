import type { Database } from "~db/client.server";
import type { CheckpointLine } from "~server/audit/checkpoint-files.server";
import { rootsOf, type PublishedRoot } from "./published-roots";
import { collectFindings, type Counts, type LedgerFault } from "./verify/fault-list";
import { lookUpByKeys, withSnapshot, type ReadRows } from "./verify/read-rows.server";
import { verifyApprovals } from "./verify/verify-approvals.server";
import { verifyAwards } from "./verify/verify-awards.server";
import { verifyCheckpoints } from "./verify/verify-checkpoints.server";
import { verifyBatches } from "./verify/verify-batches.server";
import { verifyDecisions } from "./verify/verify-decisions.server";
import { verifyJournal } from "./verify/verify-journal.server";
import { verifyNumbers } from "./verify/verify-numbers.server";
import { verifyOrders } from "./verify/verify-orders.server";
import { verifyPools } from "./verify/verify-pools.server";
import { verifyRequests } from "./verify/verify-requests.server";
import { verifySeals } from "./verify/verify-seals.server";
import { verifyStatements } from "./verify/verify-statements.server";
import { verifyTrail } from "./verify/verify-trail.server";
import { verifyWindows } from "./verify/verify-windows.server";

export type LedgerVerdict = {
  readonly ok: boolean;
  readonly checked: Counts;
  /** Postings that no seal covers: they wait for the sealer, or one of the faults names the first that waited too long. */
  readonly unsealed: number;
  /** How many faults there are; `faults` holds the first hundred, the first bad row first. */
  readonly faultCount: number;
  readonly faults: readonly LedgerFault[];
};

/**
 * Proves the ledger from stored data alone: no key, no network, no trust in the triggers that kept it. Recomputes
 * balances, checks every posting, voucher, signature, payment, act by two and number, and replays every reward. Reads one
 * snapshot a page at a time, so that a large ledger needs no more memory than a small one. `published`: roots kept
 * elsewhere (of /verify.txt), and `checkpoints`, the journal's lines in the checkpoint files, find a restored old backup;
 * null compares with no files. `onProgress` hears of every row that is done and about
 * how many there are.
 */
export async function verifyLedger(
  db: Database,
  {
    published = [],
    checkpoints = null,
    onProgress = () => undefined,
  }: {
    readonly published?: readonly PublishedRoot[];
    readonly checkpoints?: readonly CheckpointLine[] | null;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<LedgerVerdict> {
  let [done, total] = [0, 0];
  const findings = collectFindings(() => {
    done += 1;
    onProgress(done, total);
  });
  const unsealed = await withSnapshot(db, "ledger-verify", async (read) => {
    total = (await countRows(read)) + (checkpoints?.length ?? 0);
    await lookUpByKeys(read);
    const waiting = await verifySeals(read, findings, [...published, ...rootsOf(checkpoints ?? [])]);
    if (checkpoints !== null) await verifyCheckpoints(read, findings, checkpoints);
    await verifyTrail(read, findings);
    await verifyJournal(read, findings);
    await verifyNumbers(read, findings);
    await verifyPools(read, findings);
    await verifyAwards(read, findings);
    await verifyApprovals(read, findings);
    await verifyBatches(read, findings);
    await verifyRequests(read, findings);
    await verifyOrders(read, findings);
    await verifyDecisions(read, findings);
    await verifyStatements(read, findings);
    await verifyWindows(read, findings);
    return waiting;
  });
  const faultCount = findings.total();
  return { ok: faultCount === 0, checked: findings.checked, unsealed, faultCount, faults: findings.faults };
}

/** About as many rows as are looked at: what is counted for progress, never for the verdict. */
async function countRows(read: ReadRows): Promise<number> {
  const [row] = await read<{ n: string }>(
    `select (2 * (select count(*) from ledger_transactions) + (select count(*) from ledger_entries)
             + (select count(*) from voucher_numbers) + (select count(*) from reward_pools) + 2 * (select count(*) from awards)
             + (select count(*) from approval_steps) + (select count(*) from payouts)
             + (select count(*) from payout_batches) + (select count(*) from batch_releases)
             + (select count(*) from ledger_requests) + (select count(*) from payouts where kind = 'transfer')
             + (select count(*) from line_decisions) + (select count(*) from bank_statements) + (select count(*) from window_movements))::text as n`,
  );
  return Number(row?.n ?? 0);
}
