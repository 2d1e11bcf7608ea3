import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";

type Told = {
  seq: string;
  transaction_id: string;
  told: string;
  entries: { id: string; amount: string }[] | null;
};

/**
 * Holds the journal against the audit trail, which tells the amount of every posting a person made: an entry changed
 * afterwards, or a posting taken away, contradicts it.
 */
export async function verifyTrail(read: ReadRows, findings: Findings): Promise<void> {
  const trail = readPages<Told>(
    read,
    `select e.seq::text, e.data ->> 'transaction' as transaction_id, e.data ->> 'amountFen' as told,
            (select json_agg(json_build_object('id', n.id, 'amount', n.amount_fen::text) order by n.line)
               from ledger_entries n where n.transaction_id = (e.data ->> 'transaction')::uuid) as entries
       from events e where e.seq > $1 and e.subject_table in ('awards', 'budgets', 'funds') and e.data ? 'transaction' and e.data ? 'amountFen' order by e.seq`,
    ["0"],
    (row) => [row.seq],
  );
  for await (const event of trail) {
    findings.count("trail");
    if (event.entries === null) {
      findings.fault(
        "3 no posting is removed",
        "ledger_transactions",
        event.transaction_id,
        "the audit trail tells of it",
      );
    }
    for (const entry of event.entries ?? []) {
      if (entry.amount !== event.told) {
        findings.fault(
          "3 no entry is changed",
          "ledger_entries",
          entry.id,
          `${entry.amount}, the audit trail tells ${event.told}`,
        );
      }
    }
  }
}
