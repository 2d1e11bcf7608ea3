import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { approvalSteps, awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { encumberAward } from "~server/ledger/encumber-award.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { refusal } from "~server/ledger/refusals.server";
import { noteNews } from "~server/notifications/note-news.server";
import {
  snapshotGrant,
  spendPasskey,
  takeSignature,
  type SignatureInput,
  type TakenSignature,
} from "~server/signatures/take-signature.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { judgeApproval } from "./judge-approval.server";
import { writeSignedBody, type Signing } from "./signing.server";
import { signContext } from "./start-approval.server";

/**
 * Takes a signed act: verifies the assertion against the stored key, chains the step, moves the award, and on
 * approval sets the money aside, all in one transaction. A challenge is spent by its first use, whatever comes of it.
 * Throws `challenge_spent`, `signature_invalid`, `passkey_revoked`, `insufficient_budget`, `budget_year_over`, and
 * what judgeApproval throws; nothing but the challenge is changed then.
 */
export async function signApproval(
  db: Database,
  input: SignatureInput,
  actor: Actor,
  signing: Signing,
): Promise<{ awardId: string; stepId: string; status: string }> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const taken = await takeSignature(db, input, signContext, actor, signing);
  try {
    const done = await withActor(db, actor, (tx) => takeStep(tx, taken, actor, signing));
    if (done.status === "approved") await numberAfterCommit(db);
    return done;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "account_balances_available_ck") throw refusal("insufficient_budget");
    throw error;
  }
}

async function takeStep(
  tx: Tx,
  taken: TakenSignature<z.infer<typeof signContext>>,
  actor: StaffActor,
  signing: Signing,
): Promise<{ awardId: string; stepId: string; status: string }> {
  const { context } = taken;
  const award = await lockAward(tx, context.awardId);
  const plan = await judgeApproval(tx, award, context.action, actor);
  const act = writeSignedBody({
    action: context.action,
    voucherHash: plan.voucher.hash,
    previousHash: plan.previousHash,
    actorId: actor.id,
    nonce: context.nonce,
  });
  // Somebody else's step came in between: these words no longer follow the last ones.
  if (act.signedBody !== context.signedBody) throw refusal("award_moved");
  await spendPasskey(tx, taken, signing);
  const now = signing.clock.now();
  const stepId = uuidv7();
  await tx.insert(approvalSteps).values({
    id: stepId,
    voucherId: plan.voucher.id,
    position: plan.position,
    action: context.action,
    actorId: actor.id,
    roleGrantId: plan.grant.id,
    roleGrantSnapshot: snapshotGrant(plan.grant, actor),
    ...taken.stored,
    nonce: context.nonce,
    previousHash: plan.previousHash,
    signedBody: act.signedBody,
    hash: act.hash,
    reason: context.reason,
    signedAt: now,
  });
  await tx.update(awards).set({ status: plan.becomes }).where(eq(awards.id, award.id));
  const encumbrance =
    plan.becomes === "approved" ? await encumberAward(tx, award, actor.id, chinaDay(now)) : null;
  await recordEvent(
    tx,
    {
      action: `award.${plan.becomes}`,
      subjectTable: "awards",
      subjectId: award.id,
      leadId: award.leadId,
      data: {
        step: stepId,
        stepHash: act.hash.toString("hex"),
        voucherHash: plan.voucher.hash.toString("hex"),
        roleGrant: plan.grant.id,
        ...(encumbrance === null
          ? {}
          : { transaction: encumbrance.transactionId, amountFen: award.amountFen.toString() }),
      },
      at: now,
    },
    actor,
  );
  if (plan.becomes === "approved") await noteNews(tx, { tipIds: [award.tipId] }, chinaDay(now));
  return { awardId: award.id, stepId, status: plan.becomes };
}
