import { compareAgreed, type AgreedPosting, type AgreedRequest } from "./compare-agreed";
import type { Findings } from "./fault-list";
import { chinaDayOf, readPages, type ReadRows } from "./read-rows.server";
import { sinceByTwo } from "./since-by-two";

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
  end_order: [],
};

type Posting = AgreedPosting & {
  readonly seq: string;
  readonly id: string;
  readonly actor: string | null;
  readonly award: string | null;
  readonly objected: boolean;
  readonly request:
    | (AgreedRequest & {
        readonly stands: boolean;
        readonly decidedBy: string | null;
        readonly award: string | null;
      })
    | null;
};

/** SQL: a budget as people name it, its fund `f` joined. */
const BUDGET_WORDS = `json_build_object('id', b.id, 'fund', f.id, 'slug', f.slug, 'source', f.source, 'agency', f.agency_id, 'year', b.fiscal_year)`;

/** In the journal's order, in one pass: what names a request, and what must. */
const POSTINGS = `select t.seq::text, t.id, t.event, t.event_on::text as "eventOn", t.idempotency_key as key, t.fund_id as fund,
    t.corrects_id as corrects, t.actor_id as actor, t.award_id as award,
    t.event = 'award.revoked' and exists (select 1 from awards a join awards o on o.pool_id = a.pool_id join award_objections j on j.award_id = o.id
       where a.id = t.award_id and j.outcome = 'reassessed' and j.answered_by = t.actor_id) as objected,
    (select coalesce(json_agg(json_build_object('debit', d.kind, 'credit', c.kind, 'amount', e.amount_fen::text, 'budget', d.budget_id) order by e.line), '[]')
       from ledger_entries e join accounts d on d.id = e.debit_account_id join accounts c on c.id = e.credit_account_id where e.transaction_id = t.id) as entries,
    (select coalesce(json_agg(${BUDGET_WORDS}), '[]') from budgets b join funds f on f.id = b.fund_id where b.id in (select x.budget_id from ledger_entries e
       join accounts x on x.id in (e.debit_account_id, e.credit_account_id) where e.transaction_id = t.id)) as budgets,
    (select a.amount_fen::text from awards a where a.id = t.award_id) as "awardAmount",
    (select b.fund_id from awards a join budgets b on b.id = a.budget_id where a.id = t.award_id) as "awardFund",
    case when t.event = 'year.encumbered_carried' then (select coalesce(sum(a.amount_fen), 0)::text from award_carries k
       join awards a on a.id = k.award_id where k.transaction_id = t.id) end as carried,
    (select json_build_object('kind', q.kind, 'stands', q.outcome = 'agreed' and q.ended_at is null, 'decidedBy', q.decided_by,
        'award', q.award_id, 'amount', q.amount_fen::text, 'eventOn', q.event_on, 'data', q.data, 'decidedOn', ${chinaDayOf("q.decided_at")},
        'decidersAgency', (select s.agency_id from staff s where s.id = q.decided_by),
        'budget', (select ${BUDGET_WORDS} from budgets b join funds f on f.id = b.fund_id where b.id = q.budget_id),
        'payoutAmount', (select p.amount_fen::text from payouts p where q.kind = 'bounce' and p.id::text = q.data ->> 'payout' and p.award_id = q.award_id))
       from ledger_requests q where q.id = t.request_id) as request
  from ledger_transactions t
 where t.seq > $1::bigint and (t.request_id is not null or ${sinceByTwo("t")} and (t.event in ('budget.approved', 'budget.adjusted', 'award.revoked',
   'award.posting_revoked', 'clawback.ordered', 'clawback.written_off', 'year.lapsed', 'year.available_carried', 'year.encumbered_carried')
   or t.event = 'correction' and exists (select 1 from ledger_transactions c where c.id = t.corrects_id and c.event like 'budget.%')))
 order by t.seq`;

const RULES = {
  amount: "9 a posting carries the amount two agreed to",
  budget: "9 a posting is on the budget two agreed to",
  day: "9 a posting has the day two agreed to",
  subject: "9 a posting is of what two agreed to",
} as const;

/**
 * Every posting that takes two has two behind it, who agreed to what it says: its kind, its award, its amount, its budget
 * (source × year × agency) and its day. An award replaced upon an objection is answered by one (decision 027).
 */
export async function verifyAgreed(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Posting>(read, POSTINGS, ["0"], ({ seq }) => [seq])) {
    const said = (rule: string, detail: string) =>
      findings.fault(rule, "ledger_transactions", row.id, detail);
    const { request, event } = row;
    if (request === null) {
      if (!row.objected) said("9 what takes two is posted by two", event);
      continue;
    }
    if (request.stands !== true) said("9 nothing is posted upon what two did not agree to", event);
    const isCorrection = request.kind === "adjust" && row.corrects !== null;
    if (POSTS[request.kind]?.includes(event) !== true && !isCorrection)
      said("9 a request of two stands behind what it asked for", `${event} upon ${request.kind}`);
    if (row.award !== request.award)
      said("9 a request of two is about the award it names", String(request.award));
    // A payment is a third person's (verify-orders); everything else is posted by the second of the two.
    if (request.kind !== "pay" && row.actor !== request.decidedBy)
      said("9 an act by two is posted by who agreed", String(row.actor));
    for (const { what, detail } of compareAgreed(row, request)) said(RULES[what], detail);
  }
}
