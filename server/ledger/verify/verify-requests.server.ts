import { digestRequest } from "../ask-request.server";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";
import { sinceByTwo } from "./since-by-two";

type Told = { readonly action: string; readonly actor: string | null; readonly digest: string | null };
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
  readonly told: readonly Told[];
  readonly posted: boolean;
};

const REQUESTS = `select q.id, q.kind, q.budget_id as "budgetId", q.award_id as "awardId", q.month, q.amount_fen::text as amount,
    q.event_on::text as "eventOn", q.data, q.reason, q.requested_by as "requestedBy", q.outcome, q.decided_by as "decidedBy",
    q.ended_by as "endedBy",
    (select coalesce(json_agg(json_build_object('action', e.action, 'actor', e.actor_id, 'digest', e.data ->> 'digest') order by e.seq), '[]')
       from events e where e.subject_table = 'ledger_requests' and e.subject_id = q.id::text) as told,
    exists (select 1 from ledger_transactions t where t.request_id = q.id and t.event not like 'year.%') as posted
  from ledger_requests q where q.id > $1::uuid order by q.id`;

/** What an act by two posts; a year that had nothing left, and a month, post nothing. */
const POSTS: Readonly<Record<string, readonly string[]>> = {
  open: ["budget.approved"],
  adjust: ["budget.adjusted"],
  revoke: ["award.revoked", "award.posting_revoked"],
  clawback: ["clawback.ordered"],
  write_off: ["clawback.written_off"],
  close_month: [],
  close_year: ["year.lapsed", "year.available_carried", "year.encumbered_carried"],
  pay: ["award.paid"],
  bounce: ["award.bounced"],
};
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
    if (row.endedBy !== null && row.endedBy !== row.requestedBy && row.endedBy !== row.decidedBy)
      said("9 an order is taken back by one of its two", row.endedBy);
    checkTold(row, said);
    if (row.outcome === "agreed" && POSTS_ALWAYS.has(row.kind) && !row.posted)
      said("3 what two agreed to is posted", row.kind);
  }
  // Moved to where acts of two stand already, the start of the rule would hide that others are of one.
  const moved = await read<{ rule: string; after: string }>(
    "select rule, after_seq::text as after from rule_starts s where exists (select 1 from ledger_transactions t where t.request_id is not null and t.seq <= s.after_seq)",
  );
  for (const { rule, after } of moved)
    findings.fault("9 a rule begins before what follows it", "rule_starts", rule, after);
  await verifyPostings(read, findings);
}

type Say = (rule: string, detail: string) => void;

function checkTold(row: Row, said: Say): void {
  const digest = digestRequest({ ...row, amountFen: row.amount === null ? null : BigInt(row.amount) });
  const expected: [string, string | null][] = [["ledger.requested", row.requestedBy]];
  if (row.outcome !== null) expected.push([`ledger.request_${row.outcome}`, row.decidedBy]);
  if (row.endedBy !== null) expected.push(["ledger.order_withdrawn", row.endedBy]);
  const told = row.told.map(({ action, actor }) => `${action} by ${String(actor)}`);
  const right = expected.map(([action, actor]) => `${action} by ${String(actor)}`);
  if (told.join() !== right.join())
    said(
      "3 the audit trail tells of every act by two, and by whom",
      `${right.join(", ")}; told ${told.join(", ")}`,
    );
  for (const each of row.told)
    if (each.digest !== digest)
      said(
        "3 an act by two says what the two saw",
        `${digest}, told ${String(each.digest)} at ${each.action}`,
      );
}

type Posting = {
  readonly seq: string;
  readonly id: string;
  readonly event: string;
  readonly corrects: boolean;
  readonly actor: string | null;
  readonly award: string | null;
  readonly objected: boolean;
  readonly request: {
    readonly kind: string;
    readonly stands: boolean;
    readonly decidedBy: string | null;
    readonly award: string | null;
  } | null;
};

/** In the journal's order, in one pass: what names a request, and what must. */
const POSTINGS = `select t.seq::text, t.id, t.event, t.corrects_id is not null as corrects, t.actor_id as actor, t.award_id as award,
    t.event = 'award.revoked' and exists (select 1 from awards a join awards o on o.pool_id = a.pool_id join award_objections j on j.award_id = o.id
       where a.id = t.award_id and j.outcome = 'reassessed' and j.answered_by = t.actor_id) as objected,
    (select json_build_object('kind', q.kind, 'stands', q.outcome = 'agreed' and q.ended_at is null, 'decidedBy', q.decided_by,
              'award', q.award_id) from ledger_requests q where q.id = t.request_id) as request
  from ledger_transactions t
 where t.seq > $1::bigint and (t.request_id is not null or ${sinceByTwo("t")} and (t.event in ('budget.approved', 'budget.adjusted', 'award.revoked',
   'award.posting_revoked', 'clawback.ordered', 'clawback.written_off', 'year.lapsed', 'year.available_carried', 'year.encumbered_carried')
   or t.event = 'correction' and exists (select 1 from ledger_transactions c where c.id = t.corrects_id and c.event like 'budget.%')))
 order by t.seq`;

/** An award replaced upon an objection is answered by one (decision 027). */
async function verifyPostings(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Posting>(read, POSTINGS, ["0"], ({ seq }) => [seq])) {
    const said = (rule: string, detail: string) =>
      findings.fault(rule, "ledger_transactions", row.id, detail);
    const { request, event } = row;
    if (request === null) {
      if (!row.objected) said("9 what takes two is posted by two", event);
      continue;
    }
    if (request.stands !== true) said("9 nothing is posted upon what two did not agree to", event);
    if (POSTS[request.kind]?.includes(event) !== true && !(request.kind === "adjust" && row.corrects))
      said("9 a request of two stands behind what it asked for", `${event} upon ${request.kind}`);
    if (row.award !== request.award)
      said("9 a request of two is about the award it names", String(request.award));
    // A payment is a third person's (verify-orders); everything else is posted by the second of the two.
    if (request.kind !== "pay" && row.actor !== request.decidedBy)
      said("9 an act by two is posted by who agreed", String(row.actor));
  }
}
