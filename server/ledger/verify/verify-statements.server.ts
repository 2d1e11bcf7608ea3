import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Statement = {
  readonly id: string;
  readonly fundId: string;
  readonly number: string;
  readonly closedOn: string;
  readonly closingFen: string;
  readonly hash: Buffer;
  readonly told: readonly string[];
};

type Line = {
  readonly endToEndId: string | null;
  readonly amountFen: string;
  readonly date: string;
  readonly status: string;
};

const STATEMENTS = `select s.id, s.fund_id as "fundId", s.number, s.closed_on::text as "closedOn", s.closing_fen::text as "closingFen", s.hash,
    array(select concat_ws(' ', e.data ->> 'hash', e.actor_id = s.uploaded_by) from events e where e.subject_table = 'bank_statements'
       and e.subject_id = s.id::text and e.action = 'statement.taken') as told
  from bank_statements s where s.id > $1::uuid order by s.id`;

const LINES = `select end_to_end_id as "endToEndId", amount_fen::text as "amountFen", value_on::text as date, status
  from bank_lines where statement_id = $1 order by line_no`;

/**
 * The bank's lines are as they were brought: their words have the hash that the audit trail tells. And what was booked of a
 * line without a payment of ours (suspense, and out of it) carries the line's amount and direction, its statement's fund,
 * and the bank's day, or a later one where that month was closed.
 */
export async function verifyStatements(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Statement>(read, STATEMENTS, [FIRST_ID], ({ id }) => [id])) {
    findings.count("statements");
    const said = (rule: string, detail: string) => findings.fault(rule, "bank_statements", row.id, detail);
    const { fundId, number, closedOn, closingFen } = row;
    const lines = await read<Line>(LINES, [row.id]);
    const words = canonicalJson({ fundId, number, closedOn, closingFen, lines });
    const hash = createHash("sha256").update(words, "utf8").digest("hex");
    if (hash !== row.hash.toString("hex")) said("15 a statement's lines are as they came", number);
    if (row.told.join() !== `${row.hash.toString("hex")} t`)
      said("3 the audit trail tells of every statement, and by whom", row.told.join());
  }
  await verifyBooked(read, findings);
  await verifyMatched(read, findings);
}

type Booked = {
  readonly line: string;
  readonly id: string;
  readonly event: string;
  readonly says: string;
  readonly posted: string;
  readonly dayRight: boolean;
  readonly detail: string;
};

/** `in` debits the treasury when it waits, and credits it when it is matched; `out` the other way round. */
const BOOKED = `select k.id as line, t.id, t.event, concat_ws(' ', k.amount_fen, s.fund_id, (k.status = 'out') = (t.event = 'bank.matched')) as says,
    (select string_agg(concat_ws(' ', e.amount_fen, t.fund_id, d.kind = 'treasury'), ';') from ledger_entries e
       join accounts d on d.id = e.debit_account_id where e.transaction_id = t.id) as posted,
    t.event_on = k.value_on or t.event_on > k.value_on
      and exists (select 1 from period_closings c where c.month = to_char(k.value_on, 'YYYY-MM')) as "dayRight",
    t.event_on || ', the bank''s ' || k.value_on as detail
  from bank_lines k join bank_statements s on s.id = k.statement_id
  join ledger_transactions t on t.idempotency_key in ('bank.unmatched:' || k.id, 'bank.matched:' || k.id)
 where (k.id, t.event) > ($1::uuid, $2) order by k.id, t.event`;

const keyOf = ({ line, event }: Booked) => [line, event];

type Matched = { readonly id: string; readonly says: string; readonly payment: string | null };

/** Of a line of a batch, or of a payment by hand: its amount, its fund and what the bank was given with it. */
const MATCHED = `select k.id, concat_ws(' ', k.amount_fen, s.fund_id, case when k.outcome <> 'matched' then k.end_to_end_id end) as says,
    coalesce((select concat_ws(' ', l.amount_fen, b.fund_id, case when k.outcome <> 'matched' then replace(l.id::text, '-', '') end) from payout_lines l
        join payout_batches b on b.id = l.batch_id where l.id = k.payout_line_id),
      (select concat_ws(' ', p.amount_fen, t.fund_id, q.data ->> 'reference') from payouts p join ledger_transactions t on t.id = p.transaction_id
        join ledger_requests q on q.id = t.request_id and q.kind = 'pay' where p.id = k.payout_id)) as payment
  from bank_lines k join bank_statements s on s.id = k.statement_id
 where k.id > $1::uuid and (k.outcome in ('settled', 'bounced', 'rejected') or k.outcome = 'matched' and k.payout_line_id is not null) order by k.id`;

async function verifyMatched(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Matched>(read, MATCHED, [FIRST_ID], ({ id }) => [id]))
    if (row.says !== row.payment)
      findings.fault(
        "15 a line of the bank is the payment it is matched to",
        "bank_lines",
        row.id,
        `${row.says}, paid ${String(row.payment)}`,
      );
}

async function verifyBooked(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Booked>(read, BOOKED, [FIRST_ID, ""], keyOf)) {
    const wrong = (rule: string, detail: string) =>
      findings.fault(rule, "ledger_transactions", row.id, detail);
    if (row.says !== row.posted)
      wrong("15 a line of the bank is booked as it is", `${row.posted}, the bank's ${row.says}`);
    if (!row.dayRight) wrong("15 a line of the bank is booked on its day", row.detail);
  }
}
