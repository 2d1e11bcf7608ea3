import { digestRequest } from "../ask-request.server";
import type { Findings } from "./fault-list";
import { FIRST_ID, chinaDayOf, readPages, type ReadRows } from "./read-rows.server";
import { verifyAgreed } from "./verify-agreed.server";

type Told = {
  readonly action: string;
  readonly actor: string | null;
  readonly digest: string | null;
  readonly day: string;
};
type Row = {
  readonly id: string;
  readonly kind: string;
  readonly budgetId: string | null;
  readonly awardId: string | null;
  readonly month: string | null;
  readonly amount: string | null;
  readonly eventOn: string | null;
  readonly data: unknown;
  readonly reason: string;
  readonly requestedBy: string;
  readonly outcome: string | null;
  readonly decidedBy: string | null;
  readonly endedBy: string | null;
  /** The days (China) of each of the three. */
  readonly days: readonly [string, string | null, string | null];
  readonly told: readonly Told[];
  readonly posted: boolean;
  /**
   * Of an order taken back: the second of the two who did, or null; and whether it was before that took two, when orders had
   * no reference for the bank yet.
   */
  readonly endedByTwo: string | null;
  readonly endedBefore: boolean;
  /** Of a request that an order be taken back: who is written to have done it. */
  readonly ended: string | null;
  /** The month, or the year's budget, that was closed upon it, and the day. */
  readonly closed: { readonly what: string; readonly day: string } | null;
};

const REQUESTS = `select q.id, q.kind, q.budget_id as "budgetId", q.award_id as "awardId", q.month, q.amount_fen::text as amount,
    q.event_on::text as "eventOn", q.data, q.reason, q.requested_by as "requestedBy", q.outcome, q.decided_by as "decidedBy",
    q.ended_by as "endedBy", json_build_array(${chinaDayOf("q.requested_at")}, ${chinaDayOf("q.decided_at")}, ${chinaDayOf("q.ended_at")}) as days,
    (select coalesce(json_agg(json_build_object('action', e.action, 'actor', e.actor_id, 'digest', e.data ->> 'digest', 'day', e.recorded_on) order by e.seq), '[]')
       from events e where e.subject_table = 'ledger_requests' and e.subject_id = q.id::text) as told,
    exists (select 1 from ledger_transactions t where t.request_id = q.id and t.event not like 'year.%') as posted,
    (select r.decided_by from ledger_requests r where q.ended_at is not null and r.kind = 'end_order' and r.award_id = q.award_id and r.data ->> 'order' = q.id::text
       and r.outcome = 'agreed' and r.reason = q.ended_why and r.decided_by = q.ended_by limit 1) as "endedByTwo",
    not coalesce(q.data ? 'reference', false) and coalesce((select max(e.seq) from events e where e.subject_table = 'ledger_requests' and e.subject_id = q.id::text and e.action = 'ledger.order_withdrawn')
      <= (select s.after_seq from rule_starts s where s.rule = 'orders_ended_by_two'), false) as "endedBefore",
    (select o.ended_by from ledger_requests o where q.kind = 'end_order' and o.award_id = q.award_id and o.id::text = q.data ->> 'order' and o.ended_why = q.reason) as ended,
    coalesce((select json_build_object('what', c.month, 'day', ${chinaDayOf("c.closed_at")}) from period_closings c where c.request_id = q.id),
      (select json_build_object('what', y.budget_id, 'day', ${chinaDayOf("y.closed_at")}) from year_closings y where y.request_id = q.id)) as closed
  from ledger_requests q where q.id > $1::uuid order by q.id`;

const POSTS_ALWAYS = new Set(["open", "adjust", "revoke", "clawback", "write_off", "bounce"]);

/**
 * Acts by two, from stored data alone: each was agreed to by another than asked for it, says what the audit trail tells that
 * the two saw (its digest), and stands behind the postings that its kind makes and no others. And the other way round:
 * nothing that takes two was posted without them.
 */
export async function verifyRequests(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Row>(read, REQUESTS, [FIRST_ID], ({ id }) => [id])) {
    findings.count("requests");
    const said = (rule: string, detail: string) => findings.fault(rule, "ledger_requests", row.id, detail);
    if (row.outcome === "agreed" && row.decidedBy === row.requestedBy)
      said("9 an act by two is agreed to by another than asked for it", row.requestedBy);
    if (row.outcome === "withdrawn" && row.decidedBy !== row.requestedBy)
      said("9 a request is withdrawn by who asked", String(row.decidedBy));
    if (row.endedBy !== null && row.endedBy !== row.endedByTwo)
      if (!row.endedBefore || (row.endedBy !== row.requestedBy && row.endedBy !== row.decidedBy))
        said("9 an order is taken back by two", row.endedBy);
    if (row.kind === "end_order" && row.outcome === "agreed" && row.ended !== row.decidedBy)
      said("9 an order that two took back has ended", String(row.ended));
    checkTold(row, said);
    checkClosed(row, said);
    if (row.outcome === "agreed" && POSTS_ALWAYS.has(row.kind) && !row.posted)
      said("3 what two agreed to is posted", row.kind);
  }
  // Moved to where acts of two stand already, the start of the rule would hide that others are of one.
  const moved = await read<{ rule: string; after: string }>(
    `select rule, after_seq::text as after from rule_starts s where s.rule = 'acts_by_two' and exists (select 1 from ledger_transactions t where t.request_id is not null and t.seq <= s.after_seq)
        or s.rule = 'orders_ended_by_two' and exists (select 1 from events e join ledger_requests q on (q.kind = 'end_order' or q.data ? 'reference') and q.id::text = e.subject_id
          where e.subject_table = 'ledger_requests' and e.seq <= s.after_seq)`,
  );
  for (const { rule, after } of moved)
    findings.fault("9 a rule begins before what follows it", "rule_starts", rule, after);
  await verifyAgreed(read, findings);
  await verifyClosedYears(read, findings);
}

type Say = (rule: string, detail: string) => void;

function checkTold(row: Row, said: Say): void {
  const digest = digestRequest({ ...row, amountFen: row.amount === null ? null : BigInt(row.amount) });
  const [askedOn, decidedOn, endedOn] = row.days;
  const spell = (action: string, actor: string | null, day: string | null) =>
    `${action} by ${String(actor)} on ${String(day)}`;
  const right = [spell("ledger.requested", row.requestedBy, askedOn)];
  if (row.outcome !== null) right.push(spell(`ledger.request_${row.outcome}`, row.decidedBy, decidedOn));
  if (row.endedBy !== null) right.push(spell("ledger.order_withdrawn", row.endedBy, endedOn));
  const told = row.told.map(({ action, actor, day }) => spell(action, actor, day));
  if (told.join() !== right.join())
    said(
      "3 the audit trail tells of every act by two, by whom and when",
      `${right.join(", ")}; told ${told.join(", ")}`,
    );
  for (const each of row.told)
    if (each.digest !== digest)
      said(
        "3 an act by two says what the two saw",
        `${digest}, told ${String(each.digest)} at ${each.action}`,
      );
}

/** A month and a year are closed by what two agreed to, on the day they did, and by nothing else. */
function checkClosed(row: Row, said: Say): void {
  const what = row.kind === "close_month" ? row.month : row.kind === "close_year" ? row.budgetId : null;
  const right = row.outcome === "agreed" && what !== null ? `${what} on ${String(row.days[1])}` : "nothing";
  const closed = row.closed === null ? "nothing" : `${row.closed.what} on ${row.closed.day}`;
  if (closed !== right) said("20 what two agreed to close is closed", `${closed}, agreed ${right}`);
}

/** What a closed year left behind: all that was free lapsed or went on, all that was promised went on. */
async function verifyClosedYears(read: ReadRows, findings: Findings): Promise<void> {
  const left = await read<{ id: string; kind: string; rest: string }>(
    `select y.budget_id as id, a.kind, (b.debit_fen - b.credit_fen)::text as rest from year_closings y
       join accounts a on a.budget_id = y.budget_id and a.kind in ('available', 'encumbered')
       join account_balances b on b.account_id = a.id where b.debit_fen <> b.credit_fen order by a.id limit 100`,
  );
  for (const { id, kind, rest } of left)
    findings.fault(
      "20 a closed year leaves nothing free or promised",
      "year_closings",
      id,
      `${rest} ${kind}`,
    );
}
