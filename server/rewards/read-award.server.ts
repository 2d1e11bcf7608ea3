import { and, asc, desc, eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { accountBalances, accounts, budgets, funds } from "~db/schema/ledger";
import { leads } from "~db/schema/leads";
import { schemes } from "~db/schema/packs";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { awards, rewardPools, vouchers } from "~db/schema/rewards";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { systemClock, type Clock } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { LockedAward } from "~server/ledger/lock-award.server";
import { refusalSentence, type RefusalCode } from "~server/ledger/refusals.server";
import { requireFinanceRole, requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { capitalAmount } from "./capital-amount";
import { storedCaseSchema } from "./case";
import type { AwardComputation } from "./compute-award";
import { findHold, isHeld } from "./find-hold.server";
import { explainAward, type ExplainedStep } from "./explain-award";
import { judgeApproval, nextApprovals, type ApprovalAction } from "./judge-approval.server";
import { readRecord } from "./read-record.server";
import { readStoredScheme } from "./load-scheme.server";
import { readApprovals } from "./read-approvals.server";
import { readLadder } from "./read-ladder.server";
import type { Scheme } from "./scheme-grammar";

export type AwardAct = ApprovalAction | "post" | "pay";

/** What is next for the award, and why the viewer may not do it: a code and the sentence for it. */
export type NextAct = {
  readonly act: AwardAct | "accept" | "none";
  readonly allowed: boolean;
  readonly why: { readonly code: string; readonly sentence: string } | null;
};

export type AwardPage = Awaited<ReturnType<typeof readAward>>;

/**
 * One award for the finance pages: amount, steps with their clauses, budget before and after, who signed, and what
 * the viewer may do next. Throws `not_found` for who may not see money.
 */
export async function readAward(
  db: Database,
  input: { readonly awardId: string },
  actor: Actor,
  clock: Clock = systemClock,
) {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [row] = await tx
      .select({ award: awards, pool: rewardPools, voucher: vouchers, finding: findings, lead: leads })
      .from(awards)
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .innerJoin(vouchers, eq(vouchers.awardId, awards.id))
      .innerJoin(findings, eq(findings.id, rewardPools.findingId))
      .leftJoin(leads, eq(leads.id, awards.leadId))
      .where(eq(awards.id, input.awardId));
    if (row === undefined) throw notFound();
    const { award, pool, voucher, finding } = row;
    const [scheme] = await tx
      .select({ content: schemes.content })
      .from(schemes)
      .where(and(eq(schemes.schemeId, pool.schemeId), eq(schemes.version, pool.schemeVersion)));
    const computation = pool.computation as AwardComputation;
    const budget = await readBudget(tx, award.budgetId, pool.currency);
    const stored = scheme === undefined ? null : readStoredScheme(scheme.content);
    const waiting = ["drafted", "prepared", "reviewed"].includes(award.status);
    return {
      id: award.id,
      codeName: award.codeName,
      tipId: award.tipId,
      leadId: award.leadId,
      leadNumber: row.lead?.number ?? null,
      /** The reported subject's name: finance sees this of a lead and no more. */
      leadName: row.lead?.name ?? null,
      /** 分 (the currency's minor units). */
      amountFen: award.amountFen,
      currency: pool.currency,
      /** 大写金额; null for a currency that has none. */
      capitalAmount: pool.currency === "CNY" ? capitalAmount(award.amountFen) : null,
      status: award.status,
      stage: award.stage,
      version: award.version,
      acceptedOn: award.acceptedOn,
      pool: {
        id: pool.id,
        amountFen: pool.amountFen,
        status: pool.status,
        consultationRef: pool.consultationRef,
        computedAt: pool.computedAt,
        steps: explainSteps(stored, pool.caseInput, computation),
        shares: computation.shares,
        /** Who else shares, by code name alone, and how many listed informants receive nothing. */
        sharers: await readSharers(tx, pool.id),
        unpaid: computation.shares.filter((share) => share.amount === "0").length,
        flags: computation.flags,
        record: await readRecord(tx, { poolId: pool.id, tipId: award.tipId, scheme: stored }),
      },
      scheme: {
        id: pool.schemeId,
        version: pool.schemeVersion,
        title: stored?.title ?? null,
        document: stored?.document ?? null,
      },
      finding: {
        id: finding.id,
        decisionNumber: finding.decisionNumber,
        decidedOn: finding.decidedOn,
        isFinal: finding.isFinal,
        /** 分; null where the document states none. */
        amounts: {
          illegalAmount: finding.illegalAmountFen,
          penalty: finding.penaltyFen,
          illegalGains: finding.illegalGainsFen,
          collected: finding.collectedFen,
          fundraising: finding.fundraisingFen,
          goods: finding.goodsFen,
          recovered: finding.recoveredFen,
          ordered: finding.orderedFen,
        },
      },
      voucher: { id: voucher.id, body: voucher.body, hash: voucher.hash.toString("hex") },
      budget: {
        ...budget,
        /** What stays available once this award is approved; null when it is no longer waiting. */
        afterFen: waiting ? budget.availableFen - award.amountFen : null,
      },
      approvals: await readApprovals(tx, voucher.id),
      /** The payout batch it was last put into. */
      batchId: await findBatch(tx, award.id),
      payouts: await tx
        .select({
          id: payouts.id,
          kind: payouts.kind,
          paidOn: payouts.paidOn,
          reference: payouts.reference,
          status: payouts.status,
        })
        .from(payouts)
        .where(eq(payouts.awardId, award.id))
        .orderBy(desc(payouts.recordedAt), desc(payouts.id)),
      /** The rung of the scheme's ladder the award stands on; null for a scheme that is not there any more. */
      ladder: scheme === undefined ? null : await readLadder(tx, award.id),
      hold: await readHold(tx, award.id),
      next: await readNext(
        tx,
        { ...award, currency: pool.currency },
        { availableFen: budget.availableFen, actor, now: clock.now() },
      ),
    };
  });
}

function readSharers(tx: Tx, poolId: string) {
  return tx
    .select({ id: awards.id, codeName: awards.codeName, amountFen: awards.amountFen, status: awards.status })
    .from(awards)
    .where(eq(awards.poolId, poolId))
    .orderBy(desc(awards.amountFen), asc(awards.codeName));
}

/** The stored steps with the scheme's plain words; a step stands without words where the scheme has none. */
function explainSteps(
  scheme: Scheme | null,
  caseInput: unknown,
  computation: AwardComputation,
): ExplainedStep[] {
  const words = scheme === null ? [] : explainAward(scheme, storedCaseSchema.parse(caseInput));
  return computation.steps.map((step) => {
    const said = words.find((each) => each.step === step.step);
    return { ...step, title: said?.title ?? null, note: said?.note ?? null };
  });
}

async function readHold(tx: Tx, awardId: string) {
  const hold = await findHold(tx, awardId);
  if (hold === null) return null;
  const [placer] = await tx
    .select({ name: staff.displayName })
    .from(staff)
    .where(eq(staff.id, hold.placedBy));
  return {
    reason: hold.reason,
    placedBy: hold.placedBy,
    placerName: placer?.name ?? "",
    placedAt: hold.placedAt,
  };
}

async function readBudget(tx: Tx, budgetId: string, currency: string) {
  const [row] = await tx
    .select({ budget: budgets, fund: funds, balance: accountBalances })
    .from(budgets)
    .innerJoin(funds, eq(funds.id, budgets.fundId))
    .innerJoin(
      accounts,
      and(eq(accounts.budgetId, budgets.id), eq(accounts.kind, "available"), eq(accounts.currency, currency)),
    )
    .innerJoin(accountBalances, eq(accountBalances.accountId, accounts.id))
    .where(eq(budgets.id, budgetId));
  if (row === undefined) throw notFound();
  return {
    id: budgetId,
    source: row.fund.source,
    slug: row.fund.slug,
    fiscalYear: row.budget.fiscalYear,
    availableFen: row.balance.debitFen - row.balance.creditFen,
  };
}

/** Acts by award state that are not signatures, and whose they are. */
const POSTINGS: Readonly<Record<string, { act: AwardAct; roles: Role[] }>> = {
  accepted: { act: "post", roles: ["finance_preparer", "finance_reviewer"] },
  posted: { act: "pay", roles: ["cashier"] },
};

async function readNext(
  tx: Tx,
  award: LockedAward,
  { availableFen, actor, now }: { availableFen: bigint; actor: Actor; now: Date },
): Promise<NextAct[]> {
  const signed = await nextApprovals(tx, award);
  if (signed.length > 0) {
    const acts: NextAct[] = [];
    for (const act of signed) {
      const verdict = await tried(act, () => judgeApproval(tx, award, act, actor, now));
      const short = act === "approve" && verdict.allowed && availableFen < award.amountFen;
      acts.push(short ? closed(act, "insufficient_budget") : verdict);
    }
    return acts;
  }
  const posting = POSTINGS[award.status];
  if (posting !== undefined) {
    if (await isHeld(tx, award.id)) return [closed(posting.act, "award_held")];
    return [await tried(posting.act, () => requireFinanceRole(tx, actor, ...posting.roles))];
  }
  if (award.status === "approved") return [closed("accept", "waits_for_informant")];
  return [closed("none", "ended")];
}

async function tried(act: NextAct["act"], attempt: () => Promise<unknown>): Promise<NextAct> {
  try {
    await attempt();
    return { act, allowed: true, why: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { act, allowed: false, why: { code: error.code, sentence: error.publicMessage } };
  }
}

function closed(act: NextAct["act"], code: RefusalCode): NextAct {
  return { act, allowed: false, why: { code, sentence: refusalSentence(code) } };
}

async function findBatch(tx: Tx, awardId: string): Promise<string | null> {
  const [line] = await tx
    .select({ id: payoutLines.batchId })
    .from(payoutLines)
    .innerJoin(payoutBatches, eq(payoutBatches.id, payoutLines.batchId))
    .where(eq(payoutLines.awardId, awardId))
    .orderBy(desc(payoutBatches.preparedAt))
    .limit(1);
  return line?.id ?? null;
}
