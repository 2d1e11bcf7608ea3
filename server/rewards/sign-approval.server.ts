import { verifyAuthenticationResponse, type AuthenticationResponseJSON } from "@simplewebauthn/server";
import { and, eq, gt, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { approvalSteps, awards, vouchers } from "~db/schema/rewards";
import { passkeys, webauthnChallenges } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { encumberAward } from "~server/ledger/encumber-award.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { refusal } from "~server/ledger/refusals.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { judgeApproval } from "./judge-approval.server";
import { writeSignedBody, type Signing } from "./signing.server";
import { readUsablePasskeys, signContext } from "./start-approval.server";

export type SignApprovalInput = {
  readonly challengeId: string;
  /** What the browser's `startAuthentication` returned, without PRF results. */
  readonly response: AuthenticationResponseJSON;
};

type Context = z.infer<typeof signContext>;
type Passkey = typeof passkeys.$inferSelect;
type Verified = { passkey: Passkey; origin: string; signCount: number };

/**
 * Takes a signed act: verifies the assertion against the stored key, chains the step, moves the award, and on
 * approval sets the money aside, all in one transaction. A challenge is spent by its first use, whatever comes of it.
 * Throws `challenge_spent`, `signature_invalid`, `passkey_revoked`, `insufficient_budget`, `budget_year_over`, and
 * what judgeApproval throws; nothing but the challenge is changed then.
 */
export async function signApproval(
  db: Database,
  input: SignApprovalInput,
  actor: Actor,
  signing: Signing,
): Promise<{ awardId: string; stepId: string; status: string }> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const { context, challenge } = await spendChallenge(db, input.challengeId, actor, signing);
  const verified = await verifyAssertion(db, input.response, challenge, actor, signing);
  try {
    const done = await retryPosting(() =>
      withActor(
        db,
        actor,
        async (tx) =>
          (await findTakenStep(tx, context, actor)) ??
          takeStep(tx, context, input.response, verified, actor, signing),
      ),
    );
    if (done.status === "approved") await numberAfterCommit(db);
    return done;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "account_balances_available_ck") throw refusal("insufficient_budget");
    throw error;
  }
}

/** In a transaction of its own: a failed signature burns its challenge too. */
async function spendChallenge(
  db: Database,
  challengeId: string,
  actor: StaffActor,
  signing: Signing,
): Promise<{ context: Context; challenge: string }> {
  const now = signing.clock.now();
  const spent = await withActor(db, actor, (tx) =>
    tx
      .update(webauthnChallenges)
      .set({ usedAt: now })
      .where(
        and(
          eq(webauthnChallenges.id, challengeId),
          eq(webauthnChallenges.purpose, "sign"),
          eq(webauthnChallenges.staffId, actor.id),
          isNull(webauthnChallenges.usedAt),
          gt(webauthnChallenges.expiresAt, now),
        ),
      )
      .returning({ context: webauthnChallenges.context, challenge: webauthnChallenges.challenge }),
  );
  const [row] = spent;
  const context = signContext.safeParse(row?.context);
  if (row === undefined || !context.success) throw refusal("challenge_spent");
  return { context: context.data, challenge: row.challenge };
}

async function verifyAssertion(
  db: Database,
  response: AuthenticationResponseJSON,
  challenge: string,
  actor: StaffActor,
  signing: Signing,
): Promise<Verified> {
  const known = await withActor(db, actor, (tx) =>
    readUsablePasskeys(tx, actor.id, signing.seedKeys === true),
  );
  const passkey = known.find((key) => key.credentialId === response.id);
  if (passkey === undefined) throw refusal("passkey_revoked");
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: signing.origin,
    expectedRPID: signing.rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.signCount),
    },
  }).catch(() => {
    throw refusal("signature_invalid");
  });
  if (!verified || !authenticationInfo.userVerified) throw refusal("signature_invalid");
  return { passkey, origin: authenticationInfo.origin, signCount: authenticationInfo.newCounter };
}

/** The step this very challenge took, where it was written and only the reply of COMMIT was lost. */
async function findTakenStep(
  tx: Tx,
  context: Context,
  actor: StaffActor,
): Promise<{ awardId: string; stepId: string; status: string } | null> {
  const [taken] = await tx
    .select({ awardId: awards.id, stepId: approvalSteps.id, status: awards.status })
    .from(approvalSteps)
    .innerJoin(vouchers, eq(vouchers.id, approvalSteps.voucherId))
    .innerJoin(awards, eq(awards.id, vouchers.awardId))
    .where(and(eq(approvalSteps.nonce, context.nonce), eq(approvalSteps.actorId, actor.id)));
  return taken ?? null;
}

async function takeStep(
  tx: Tx,
  context: Context,
  response: AuthenticationResponseJSON,
  verified: Verified,
  actor: StaffActor,
  signing: Signing,
): Promise<{ awardId: string; stepId: string; status: string }> {
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
  await spendPasskey(tx, verified, signing);
  const now = signing.clock.now();
  const stepId = uuidv7();
  await tx.insert(approvalSteps).values({
    id: stepId,
    voucherId: plan.voucher.id,
    position: plan.position,
    action: context.action,
    actorId: actor.id,
    roleGrantId: plan.grant.id,
    roleGrantSnapshot: {
      id: plan.grant.id,
      staffId: actor.id,
      role: plan.grant.role,
      grantedBy: plan.grant.grantedBy,
      grantedAt: plan.grant.grantedAt.toISOString(),
      agency: actor.agencyId,
    },
    passkeyId: verified.passkey.id,
    credentialId: verified.passkey.credentialId,
    publicKey: verified.passkey.publicKey,
    nonce: context.nonce,
    previousHash: plan.previousHash,
    signedBody: act.signedBody,
    hash: act.hash,
    authenticatorData: Buffer.from(response.response.authenticatorData, "base64url"),
    clientDataJson: Buffer.from(response.response.clientDataJSON, "base64url"),
    signature: Buffer.from(response.response.signature, "base64url"),
    rpId: signing.rpId,
    origin: verified.origin,
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

/** Re-reads the key inside the transaction: it may have been revoked since it signed. */
async function spendPasskey(tx: Tx, verified: Verified, signing: Signing): Promise<void> {
  const [key] = await tx.select().from(passkeys).where(eq(passkeys.id, verified.passkey.id)).for("update");
  const seed = key?.kind === "seed" && signing.seedKeys === true;
  if (key === undefined || (key.revokedAt !== null && !seed)) throw refusal("passkey_revoked");
  // A counter that stands still or runs back is a copied authenticator (WebAuthn 7.2, step 22).
  if (key.signCount > 0n && BigInt(verified.signCount) <= key.signCount) throw refusal("signature_invalid");
  await tx
    .update(passkeys)
    .set({ signCount: BigInt(verified.signCount), lastUsedAt: signing.clock.now() })
    .where(eq(passkeys.id, key.id));
}
