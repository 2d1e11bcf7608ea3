import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { awards, rewardPools } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { findBudgetAccounts } from "~server/ledger/find-accounts.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { postTransaction } from "~server/ledger/post-transaction.server";
import { refusal } from "~server/ledger/refusals.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Actor } from "~server/staff-auth/actor";
import { approvedLeftOut, assessmentRefusal } from "./assessment-refusals.server";

type Replacing = {
  readonly leadId: string;
  readonly stage: string;
  readonly replaces: string | null;
  readonly objectionAnswer?: string;
  /** Who has a share by the new computation. */
  readonly receivers: ReadonlySet<string>;
};

export type Superseded = {
  readonly id: string | null;
  readonly version: number;
  /** Answers the objections that led to it, once the new computation is there. */
  readonly answer: (newPoolId: string) => Promise<void>;
};

const OPEN = ["drafted", "prepared", "reviewed"];
/** Nothing of these is undone by a new computation. */
const OVER = ["rejected", "revoked"];

/**
 * Retires the computation the preparer saw; whatever is live besides shows as a refusal of the database. Awards still
 * being signed are superseded. An approved one is given up only while somebody objects to the computation: it is
 * revoked, its encumbrance released in the same transaction (`award.revoked`); one that nobody objects to only where its
 * informant has a share by the new computation too. Throws `assessment_changed`, `assessment_approved`,
 * `assessment_accepted`, `approved_left_out`, `objection_answer_missing`.
 */
export async function supersedeAssessment(
  tx: Tx,
  input: Replacing,
  by: { readonly actor: Actor; readonly clock: Clock },
): Promise<Superseded> {
  const ofStage = and(eq(rewardPools.leadId, input.leadId), eq(rewardPools.stage, input.stage));
  if (input.replaces === null) {
    const earlier = await tx.select({ id: rewardPools.id }).from(rewardPools).where(ofStage).limit(1);
    if (earlier.length > 0) throw refusal("assessment_changed");
    return { id: null, version: 0, answer: () => Promise.resolve() };
  }
  const [retired] = await tx
    .update(rewardPools)
    .set({ status: "superseded" })
    .where(and(ofStage, eq(rewardPools.id, input.replaces), eq(rewardPools.status, "live")))
    .returning({ id: rewardPools.id, version: rewardPools.version });
  if (retired === undefined) throw refusal("assessment_changed");
  const own = await tx
    .select({ id: awards.id, status: awards.status, tipId: awards.tipId, codeName: awards.codeName })
    .from(awards)
    .where(eq(awards.poolId, retired.id))
    .orderBy(awards.id)
    .for("update");
  const objections = await readOpenObjections(
    tx,
    own.map(({ id }) => id),
  );
  const objected = new Set(objections.map(({ awardId }) => awardId));
  const given = own.filter(
    ({ id, status }) => status === "approved" || (status === "accepted" && objected.has(id)),
  );
  const closed = own.filter(({ status }) => ![...OPEN, ...OVER].includes(status) && status !== "approved");
  if (given.length > 0 && objections.length === 0) throw refusal("assessment_approved");
  if (closed.some(({ id, status }) => status !== "accepted" || !objected.has(id))) {
    throw objections.length === 0 ? refusal("assessment_approved") : assessmentRefusal("assessment_accepted");
  }
  const leftOut = given.filter(({ id, tipId }) => !objected.has(id) && !input.receivers.has(tipId));
  if (leftOut.length > 0) throw approvedLeftOut(leftOut.map(({ codeName }) => codeName));
  if (objections.length > 0 && input.objectionAnswer === undefined) {
    throw assessmentRefusal("objection_answer_missing");
  }
  if (own.some(({ status }) => OPEN.includes(status))) {
    await tx
      .update(awards)
      .set({ status: "superseded" })
      .where(and(eq(awards.poolId, retired.id), inArray(awards.status, OPEN)));
  }
  for (const { id } of given) await giveUp(tx, id, by);
  return {
    ...retired,
    answer: (newPoolId) => answerAll(tx, { objections, answer: input.objectionAnswer ?? "", newPoolId }, by),
  };
}

function readOpenObjections(tx: Tx, awardIds: readonly string[]) {
  return tx
    .select({ id: awardObjections.id, awardId: awardObjections.awardId, leadId: awardObjections.leadId })
    .from(awardObjections)
    .where(and(inArray(awardObjections.awardId, [...awardIds]), isNull(awardObjections.outcome)));
}

/** Revokes an award that is approved and not booked: what was set aside for it is available again. */
async function giveUp(
  tx: Tx,
  awardId: string,
  { actor, clock }: { readonly actor: Actor; readonly clock: Clock },
): Promise<void> {
  if (actor.kind !== "staff") throw refusal("wrong_role");
  const award = await lockAward(tx, awardId);
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  const posted = await postTransaction(tx, {
    event: "award.revoked",
    eventOn: chinaDay(clock.now()),
    fundId: budget.fundId,
    idempotencyKey: `award.revoked:${award.id}`,
    awardId: award.id,
    actorId: actor.id,
    entries: [
      {
        debit: budget.account("available"),
        credit: budget.account("encumbered"),
        amountFen: award.amountFen,
      },
    ],
  });
  await tx.update(awards).set({ status: "revoked" }).where(eq(awards.id, award.id));
  await recordEvent(
    tx,
    {
      action: "award.replaced",
      subjectTable: "awards",
      subjectId: award.id,
      leadId: award.leadId,
      data: { transaction: posted.id, amountFen: award.amountFen.toString() },
      at: clock.now(),
    },
    actor,
  );
}

async function answerAll(
  tx: Tx,
  given: {
    readonly objections: readonly { readonly id: string; readonly leadId: string }[];
    readonly answer: string;
    readonly newPoolId: string;
  },
  { actor, clock }: { readonly actor: Actor; readonly clock: Clock },
): Promise<void> {
  const at = clock.now();
  for (const { id, leadId } of given.objections) {
    await tx
      .update(awardObjections)
      .set({
        outcome: "reassessed",
        answer: given.answer,
        answeredBy: (actor as StaffActor).id,
        answeredAt: at,
        newPoolId: given.newPoolId,
      })
      .where(eq(awardObjections.id, id));
    await recordEvent(
      tx,
      {
        ...{ action: "award.objection_answered", subjectTable: "award_objections", subjectId: id, leadId },
        data: { outcome: "reassessed" },
        at,
      },
      actor,
    );
  }
}
