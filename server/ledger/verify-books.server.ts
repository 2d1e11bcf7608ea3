import type { CheckpointLine } from "~server/audit/checkpoint-files.server";
import { verifyChain, type ChainFault } from "~server/audit/verify-chain.server";
import type { Database } from "~db/client.server";
import type { LedgerFault } from "./verify/fault-list";
import type { PublishedRoot } from "./published-roots";
import { verifyLedger, type LedgerVerdict } from "./verify-ledger.server";

type Heard = (done: number, total: number) => void;

/**
 * The ledger (verifyLedger), and the chain over the audit trail that it is held against (invariant 18): a posting and all
 * that is told of it changed together show there. The trail's own checkpoints are compared by `audit:verify`; `checkpoints`
 * are the journal's. A fault of the trail comes first, as everything else rests on it. `onLedger`, `onTrail`: rows done, and about how many there are.
 */
export async function verifyBooks(
  db: Database,
  given: {
    readonly published: readonly PublishedRoot[];
    readonly checkpoints?: readonly CheckpointLine[];
    readonly onLedger: Heard;
    readonly onTrail: Heard;
  },
): Promise<LedgerVerdict> {
  const { published, checkpoints, onLedger, onTrail } = given;
  const ledger = await verifyLedger(db, {
    published,
    checkpoints: checkpoints ?? null,
    onProgress: onLedger,
  });
  const trail = await verifyChain(db, null, onTrail);
  const found = trail.fault === null ? [] : [asLedgerFault(trail.fault)];
  return {
    ok: ledger.ok && found.length === 0,
    checked: { ...ledger.checked, chainedEvents: trail.events - trail.unsealed },
    unsealed: ledger.unsealed,
    faultCount: ledger.faultCount + found.length,
    faults: [...found, ...ledger.faults],
  };
}

/** Named by the event where there is one, else by the place in the chain or the day of a root. */
function asLedgerFault({ position, seq, what, where }: ChainFault): LedgerFault {
  const rule = "18 the audit trail's chain holds";
  const detail = where === undefined ? what : `${what}: ${where}`;
  if (seq !== null) return { rule, table: "events", id: seq, detail };
  return position === null
    ? { rule, table: "audit_roots", id: where ?? "", detail }
    : { rule, table: "event_chain", id: position, detail };
}
