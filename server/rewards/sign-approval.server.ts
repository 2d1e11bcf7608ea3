import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { countersignatures } from "~db/schema/approvals";
import { approvalSteps, awards, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { encumberAward } from "~server/ledger/encumber-award.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { refusal, type RefusalCode } from "~server/ledger/refusals.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import { noteNews } from "~server/notifications/note-news.server";
import {
  snapshotGrant,
  spendPasskey,
  takeSignature,
  type SignatureInput,
  type TakenSignature,
} from "~server/signatures/take-signature.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { judgeApproval, type ApprovalPlan } from "./judge-approval.server";
import { writeSignedBody, type Signing } from "./signing.server";
import { signContext } from "./start-approval.server";

/** `status` is the award's, or `countersigned` where it still waits for the approval. */
export type SignedApproval = { readonly awardId: string; readonly stepId: string; readonly status: string };

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
  /** Runs in the act's own transaction, after it: a set of vouchers notes there what became of this one. */
  also: (tx: Tx, awardId: string) => Promise<void> = () => Promise.resolve(),
): Promise<SignedApproval> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const taken = await takeSignature(db, input, signContext, actor, signing);
  try {
    const done = await retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const step = (await findTakenStep(tx, taken, actor)) ?? (await takeStep(tx, taken, actor, signing));
        await also(tx, step.awardId);
        return step;
      }),
    );
    if (done.status === "approved") await numberAfterCommit(db);
    return done;
  } catch (error) {
    const { constraint } = databaseFault(error);
    const code = REFUSED[constraint ?? ""];
    throw code === undefined ? error : refusal(code);
  }
}

/** What the database alone may come to know: something else was committed since the act was judged. */
const REFUSED: Readonly<Record<string, RefusalCode>> = {
  account_balances_available_ck: "insufficient_budget",
  awards_held: "award_held",
  approval_steps_role: "wrong_role",
  approval_steps_delegation: "wrong_role",
  approval_steps_recused: "principal_apart",
  approval_steps_limit: "over_limit",
  approval_steps_consulted: "consultation_missing",
  approval_steps_countersigned: "countersign_first",
};

/** The step this very challenge took, where it was written and only the reply of COMMIT was lost. */
async function findTakenStep(
  tx: Tx,
  { context }: TakenSignature<z.infer<typeof signContext>>,
  actor: StaffActor,
): Promise<SignedApproval | null> {
  const ofNonce = (steps: typeof approvalSteps | typeof countersignatures) =>
    tx
      .select({ awardId: awards.id, stepId: steps.id, status: awards.status })
      .from(steps)
      .innerJoin(vouchers, eq(vouchers.id, steps.voucherId))
      .innerJoin(awards, eq(awards.id, vouchers.awardId))
      .where(and(eq(steps.nonce, context.nonce), eq(steps.actorId, actor.id)));
  const [step] = await ofNonce(approvalSteps);
  if (step !== undefined) return step;
  const [countersigned] = await ofNonce(countersignatures);
  return countersigned === undefined ? null : { ...countersigned, status: "countersigned" };
}

async function takeStep(
  tx: Tx,
  taken: TakenSignature<z.infer<typeof signContext>>,
  actor: StaffActor,
  signing: Signing,
): Promise<SignedApproval> {
  const { context } = taken;
  const award = await lockAward(tx, context.awardId);
  const now = signing.clock.now();
  const plan = await judgeApproval(tx, award, context.action, actor, now);
  const act = writeSignedBody({
    action: context.action,
    voucherHash: plan.voucher.hash,
    previousHash: plan.previousHash,
    actorId: actor.id,
    nonce: context.nonce,
  });
  const { delegation } = plan.signer;
  // Somebody else's step came in between: these words no longer follow the last ones; or whom they sign for changed.
  if (act.signedBody !== context.signedBody || (delegation?.id ?? null) !== context.delegationId)
    throw refusal("award_moved");
  await spendPasskey(tx, taken, signing);
  const stepId = uuidv7();
  const row = {
    id: stepId,
    voucherId: plan.voucher.id,
    actorId: actor.id,
    roleGrantId: plan.signer.grant.id,
    roleGrantSnapshot: snapshotSigner(plan, actor),
    delegationId: context.delegationId,
    ...taken.stored,
    nonce: context.nonce,
    signedBody: act.signedBody,
    hash: act.hash,
    signedAt: now,
  };
  const told = {
    stepHash: act.hash.toString("hex"),
    voucherHash: plan.voucher.hash.toString("hex"),
    roleGrant: plan.signer.grant.id,
    ...(delegation === null ? {} : { delegation: delegation.id, onBehalfOf: delegation.ofStaff }),
  };
  const subject = { subjectTable: "awards", subjectId: award.id, leadId: award.leadId, at: now };
  if (context.action === "countersign") {
    if (plan.previousHash === null) throw refusal("award_moved");
    await tx
      .insert(countersignatures)
      .values({ ...row, action: "countersign", previousHash: plan.previousHash });
    const data = { ...told, countersignature: stepId };
    await recordEvent(tx, { ...subject, action: "award.countersigned", data }, actor);
    return { awardId: award.id, stepId, status: "countersigned" };
  }
  await tx.insert(approvalSteps).values({
    ...row,
    position: plan.position,
    action: context.action,
    previousHash: plan.previousHash,
    reason: context.reason,
  });
  await tx.update(awards).set({ status: plan.becomes }).where(eq(awards.id, award.id));
  const encumbrance =
    plan.becomes === "approved" ? await encumberAward(tx, award, actor.id, chinaDay(now)) : null;
  const money =
    encumbrance === null
      ? {}
      : { transaction: encumbrance.transactionId, amountFen: award.amountFen.toString() };
  const data = { ...told, step: stepId, ...money };
  await recordEvent(tx, { ...subject, action: `award.${plan.becomes}`, data }, actor);
  if (plan.becomes === "approved") await noteNews(tx, { tipIds: [award.tipId] }, chinaDay(now));
  return { awardId: award.id, stepId, status: plan.becomes };
}

/** What is stored of the grant: with a deputy, the absent holder's and the delegation's own words. */
function snapshotSigner(plan: ApprovalPlan, actor: StaffActor) {
  const { grant, delegation } = plan.signer;
  return {
    ...snapshotGrant(grant, actor),
    ...(delegation === null
      ? {}
      : {
          staffId: delegation.ofStaff,
          deputy: actor.id,
          delegation: { id: delegation.id, body: delegation.body },
        }),
    ...(plan.limitFen === null ? {} : { limitFen: plan.limitFen.toString() }),
  };
}
