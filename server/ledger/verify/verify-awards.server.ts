import { hashComputation, sha256, writeVoucher } from "~server/rewards/write-voucher.server";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Award = {
  id: string;
  pool_id: string;
  lead_id: string;
  tip_id: string;
  stage: string;
  version: number;
  code_name: string;
  amount: string;
  budget_id: string;
  status: string;
  finding_id: string;
  finding_status: string;
  finding_succeeded: boolean;
  is_final: boolean;
  tip_lead: string;
  rewarded_elsewhere: boolean;
  pool_amount: string;
  currency: string;
  scheme_id: string;
  scheme_version: string;
  consultation_ref: string | null;
  case_input: unknown;
  computation: unknown;
  record_hash: Buffer | null;
  voucher_id: string | null;
  body: string | null;
  hash: Buffer | null;
  acts: string[];
  events: Record<string, number>;
  payouts: Payout[];
};

type Payout = {
  id: string;
  amount: string;
  status: string;
  paid_on: string;
  cashier: string;
  event: string | null;
  award: string | null;
  event_on: string | null;
  actor: string | null;
  cashier_signed: boolean;
};

const ENDED = "('rejected', 'superseded', 'revoked', 'lapsed')";

/** Voucher, signatures, postings and payments of every award tell one story (invariants 7, 9 and 10). */
export async function verifyAwards(read: ReadRows, findings: Findings): Promise<void> {
  const awards = readPages<Award>(
    read,
    `select a.id, a.pool_id, a.lead_id, a.tip_id, a.stage, a.version, a.code_name, a.amount_fen::text as amount, a.budget_id,
            a.status, p.finding_id, f.status as finding_status, f.is_final,
            f.status = 'superseded' and exists (select 1 from findings n where n.lead_id = f.lead_id and n.supersedes_id = f.id) as finding_succeeded, tip.lead_id as tip_lead,
            exists (select 1 from awards o where o.tip_id = a.tip_id and o.stage = a.stage and o.lead_id <> a.lead_id
              and o.status not in ${ENDED} and a.status not in ${ENDED}) as rewarded_elsewhere,
            p.amount_fen::text as pool_amount, p.currency, p.scheme_id, p.scheme_version,
            p.consultation_ref, p.case_input, p.computation, p.record_hash, v.id as voucher_id, v.body, v.hash,
            array(select s.action from approval_steps s where s.voucher_id = v.id order by s.position) as acts,
            (select coalesce(json_object_agg(event, n), '{}') from (select t.event, count(*) as n from ledger_transactions t
               where t.award_id = a.id group by t.event) counted) as events,
            (select coalesce(json_agg(json_build_object('id', o.id, 'amount', o.amount_fen::text, 'status', o.status,
               'paid_on', o.paid_on, 'cashier', o.cashier_id, 'event', t.event, 'award', t.award_id,
               'event_on', t.event_on, 'actor', t.actor_id, 'cashier_signed', signed_voucher(a.id, o.cashier_id))), '[]') from payouts o
               left join ledger_transactions t on t.id = o.transaction_id where o.award_id = a.id) as payouts
       from awards a join reward_pools p on p.id = a.pool_id join findings f on f.id = p.finding_id
       join tips tip on tip.id = a.tip_id left join vouchers v on v.award_id = a.id
      where a.id > $1 order by a.id`,
    [FIRST_ID],
    (row) => [row.id],
  );
  for await (const award of awards) {
    findings.count("awards");
    checkVoucher(award, findings);
    checkStory(award, findings);
    checkEvidence(award, findings);
    for (const payout of award.payouts) {
      findings.count("payouts");
      checkPayout(award, payout, findings);
    }
  }
}

function checkPayout(award: Award, payout: Payout, findings: Findings): void {
  const wrong = (rule: string, detail: string) => findings.fault(rule, "payouts", payout.id, detail);
  if (payout.amount !== award.amount || payout.event !== "award.paid" || payout.award !== award.id) {
    wrong("7 a payment is the award's, with its own posting", payout.amount);
  }
  if (payout.paid_on !== payout.event_on) {
    wrong("7 a payment has the day of its posting", `${payout.paid_on}, posted ${payout.event_on}`);
  }
  if (payout.cashier !== payout.actor) {
    wrong("7 a payment is posted by its cashier", `${payout.cashier}, posted by ${payout.actor}`);
  }
  if (payout.cashier_signed) wrong("9 a cashier signed nothing on the voucher", payout.cashier);
}

/**
 * What an approved award rests on still stands until it is paid (more may be verified later, for a supplement); and its
 * tip is on its lead and on no other's award.
 */
function checkEvidence(award: Award, findings: Findings): void {
  const wrong = (rule: string, detail: string) => findings.fault(rule, "awards", award.id, detail);
  const approved = ["approved", "accepted", "posted", "paid"].includes(award.status);
  const wasPaid =
    award.payouts.some(({ status }) => status === "live") &&
    award.finding_status === "superseded" &&
    award.finding_succeeded;
  if (approved && !(wasPaid && award.is_final) && (award.finding_status !== "verified" || !award.is_final)) {
    const detail = `finding ${award.finding_id} is ${award.is_final ? award.finding_status : "not final"}`;
    wrong("12 an approved award rests on a finding that stands", detail);
  }
  if (award.tip_lead !== award.lead_id) {
    wrong("7 an award is on its tip's lead", `the tip is on ${award.tip_lead}`);
  }
  if (award.rewarded_elsewhere) wrong("7 a tip is rewarded once a stage", award.tip_id);
}

function checkVoucher(award: Award, findings: Findings): void {
  if (award.voucher_id === null || award.body === null || award.hash === null) {
    findings.fault("10 every award has its voucher", "awards", award.id, "none");
    return;
  }
  findings.count("vouchers");
  const wrong = (rule: string, detail: string) =>
    findings.fault(rule, "vouchers", award.voucher_id ?? "", detail);
  if (!sha256(award.body).equals(award.hash))
    wrong("10 a voucher has the hash that was signed", award.hash.toString("hex"));
  const expected = writeVoucher({
    award: award.id,
    amount: award.amount,
    budget: award.budget_id,
    codeName: award.code_name,
    computation: hashComputation(award.case_input, award.computation, award.record_hash),
    consultationRef: award.consultation_ref,
    currency: award.currency,
    finding: award.finding_id,
    lead: award.lead_id,
    pool: award.pool_id,
    poolAmount: award.pool_amount,
    scheme: { id: award.scheme_id, version: award.scheme_version },
    stage: award.stage,
    tip: award.tip_id,
    version: award.version.toString(),
  });
  if (award.body !== expected.body)
    wrong("10 a voucher says what its award says", firstDifference(award.body, expected.body));
}

function firstDifference(stored: string, expected: string): string {
  let at = 0;
  while (at < stored.length && stored[at] === expected[at]) at += 1;
  const from = Math.max(0, at - 20);
  return `…${stored.slice(from, at + 24)} instead of …${expected.slice(from, at + 24)}`;
}

const SIGNED: Readonly<Record<string, readonly string[]>> = {
  drafted: [""],
  prepared: ["prepare"],
  reviewed: ["prepare,review"],
  rejected: ["prepare,reject", "prepare,review,reject"],
  superseded: ["", "prepare", "prepare,review"],
};

/** Counted postings by state: encumbered, posted, paid minus bounced, released, posting revoked. */
const POSTED: Readonly<Record<string, readonly string[]>> = {
  approved: ["1 0 0 0 0"],
  accepted: ["1 0 0 0 0"],
  posted: ["1 1 0 0 0"],
  paid: ["1 1 1 0 0"],
  lapsed: ["1 0 0 1 0"],
  revoked: ["1 0 0 1 0", "1 1 0 0 1"],
};

function checkStory(award: Award, findings: Findings): void {
  const acts = award.acts.join(",");
  if (!(SIGNED[award.status] ?? ["prepare,review,approve"]).includes(acts)) {
    findings.fault(
      "9 an award stands where its signatures put it",
      "awards",
      award.id,
      `${award.status}: ${acts || "unsigned"}`,
    );
  }
  const times = (event: string) => award.events[event] ?? 0;
  const paid = times("award.paid") - times("award.bounced");
  const told = [
    times("award.encumbered"),
    times("award.posted"),
    paid,
    times("award.lapsed") + times("award.revoked"),
    times("award.posting_revoked"),
  ].join(" ");
  if (!(POSTED[award.status] ?? ["0 0 0 0 0"]).includes(told)) {
    findings.fault(
      "7 an award stands where its postings put it",
      "awards",
      award.id,
      `${award.status}: ${told}`,
    );
  }
  const live = award.payouts.filter((payout) => payout.status === "live").length;
  if (live !== paid || award.payouts.length !== times("award.paid")) {
    findings.fault(
      "7 payments and postings agree",
      "awards",
      award.id,
      `${live} live payments, ${paid} posted`,
    );
  }
}
