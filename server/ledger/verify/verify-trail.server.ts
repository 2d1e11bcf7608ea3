import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";

type Posting = {
  seq: string;
  id: string;
  actor_id: string | null;
  event_on: string;
  told: { actor: string | null; recorded_on: string; day: string | null; entered: boolean }[];
};

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
  await verifyTold(read, findings);
  await verifyPostingsTold(read, findings);
}

async function verifyTold(read: ReadRows, findings: Findings): Promise<void> {
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

/**
 * Every posting has its one event, by the same person and of the same day. An event tells the day of the posting where
 * that is not the day it was recorded on (a bank's value date, an appropriation's date).
 */
async function verifyPostingsTold(read: ReadRows, findings: Findings): Promise<void> {
  const postings = readPages<Posting>(
    read,
    `select t.seq::text, t.id, t.actor_id, t.event_on::text,
            (select coalesce(json_agg(json_build_object('actor', e.actor_id, 'recorded_on', e.recorded_on,
                'day', coalesce(e.data ->> 'eventOn', e.data ->> 'paidOn', e.data ->> 'bouncedOn'),
                'entered', e.subject_table in ('budgets', 'funds')) order by e.seq), '[]')
               from events e where e.subject_table in ('awards', 'budgets', 'funds', 'ledger_transactions')
                and e.subject_id = any (array_remove(array[t.award_id::text, t.corrects_id::text, t.fund_id::text,
                  (select d.budget_id::text from ledger_entries n join accounts d on d.id = n.debit_account_id
                    where n.transaction_id = t.id and d.budget_id is not null limit 1)], null))
                and e.data ->> 'transaction' = t.id::text) as told
       from ledger_transactions t where t.seq > $1 order by t.seq`,
    ["0"],
    (row) => [row.seq],
  );
  for await (const posting of postings) {
    const wrong = (rule: string, detail: string) =>
      findings.fault(rule, "ledger_transactions", posting.id, detail);
    const [event] = posting.told;
    if (event === undefined || posting.told.length > 1) {
      wrong("3 the audit trail tells of every posting once", `${posting.told.length} events`);
      continue;
    }
    if (event.actor !== posting.actor_id) {
      wrong("3 a posting is by whom the audit trail names", `${posting.actor_id}, told ${event.actor}`);
    }
    // Entered money without a day of its own (an older event) was at least not entered before it happened.
    const sameDay =
      event.day === null && event.entered
        ? posting.event_on <= event.recorded_on
        : posting.event_on === (event.day ?? event.recorded_on);
    if (!sameDay) {
      wrong(
        "3 a posting has the day the audit trail tells",
        `${posting.event_on}, told ${event.day ?? event.recorded_on}`,
      );
    }
  }
}
