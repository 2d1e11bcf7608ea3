import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { stepUpProof, type StepUpAct } from "~/forms/step-up";
import type { Database } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { parseAssertion } from "./parse-passkey-response.server";
import { challengeSpent, keepRefusal, passkeyNeeded } from "./refusals.server";
import type { RelyingParty } from "./relying-party";
import { CHALLENGE_MS, spendChallenge, storeChallenge } from "./spend-challenge.server";
import { counterWentBack, verifyAssertion } from "./verify-assertion.server";

/** What is about to be done, and to what: the assertion is good for nothing else. */
export type StepUpFor = { readonly act: StepUpAct; readonly subject: string };

const boundTo = z.object({ act: z.string(), subject: z.string() });

/**
 * Asks the signed-in person for their passkey once more, for one act on one subject. Throws `passkey_needed` (403)
 * for demo sessions and people without a passkey.
 */
export async function startStepUp(
  db: Database,
  input: StepUpFor & { readonly relyingParty: RelyingParty; readonly clock: Clock },
  actor: StaffActor,
): Promise<{ challengeId: string; options: PublicKeyCredentialRequestOptionsJSON }> {
  if (actor.method !== "passkey") throw passkeyNeeded();
  return withActor(db, actor, async (tx) => {
    const own = await tx
      .select({ id: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(and(eq(passkeys.staffId, actor.id), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)));
    if (own.length === 0) throw passkeyNeeded();
    const challenge = await storeChallenge(tx, {
      purpose: "step_up",
      staffId: actor.id,
      context: { act: input.act, subject: input.subject },
      at: input.clock.now(),
    });
    const options = await generateAuthenticationOptions({
      rpID: input.relyingParty.rpId,
      challenge: challenge.bytes,
      allowCredentials: own,
      userVerification: "required",
      timeout: CHALLENGE_MS,
    });
    return { challengeId: challenge.id, options };
  });
}

/**
 * Takes the answer, in a transaction of its own (only a challenge made for a step-up will do, and only a real passkey
 * of this person's): spent by its first use, whatever comes of it. `proof` is the form's
 * `stepUp` field. Throws `step_up_needed` (403) where there is none, `challenge_spent` (400) for a used, late, foreign
 * or otherwise bound one, `step_up_refused` (403) where the passkey's answer is not genuine. Marks the session for a
 * new token.
 */
export async function requireStepUp(
  db: Database,
  input: StepUpFor & {
    readonly proof: unknown;
    readonly relyingParty: RelyingParty;
    readonly clock: Clock;
  },
  actor: StaffActor,
): Promise<{ passkeyId: string }> {
  if (actor.method !== "passkey") throw passkeyNeeded();
  const proof = readProof(input.proof);
  const response = parseAssertion(proof.response);
  const at = input.clock.now();
  const proved = await keepRefusal(db, actor, async (tx) => {
    const challenge = await spendChallenge(tx, { id: proof.challengeId, purpose: "step_up", at });
    const bound = boundTo.safeParse(challenge?.context);
    if (challenge?.staffId !== actor.id || !bound.success) return challengeSpent();
    if (bound.data.act !== input.act || bound.data.subject !== input.subject) return challengeSpent();
    const [passkey] = await tx
      .select()
      .from(passkeys)
      .where(
        and(
          eq(passkeys.credentialId, response.id),
          eq(passkeys.staffId, actor.id),
          eq(passkeys.kind, "passkey"),
          isNull(passkeys.revokedAt),
        ),
      )
      .for("update");
    if (passkey === undefined) return stepUpRefused();
    const answer = await verifyAssertion(response, challenge.challenge, input.relyingParty, passkey, {
      ownerKnown: true,
    });
    if (answer === null || counterWentBack(passkey.signCount, answer.counter)) return stepUpRefused();
    await tx
      .update(passkeys)
      .set({ signCount: answer.counter, backedUp: answer.backedUp, lastUsedAt: at })
      .where(eq(passkeys.id, passkey.id));
    return { passkeyId: passkey.id };
  });
  // More may now be done than before: a token somebody copied earlier must not come along (the guard renews it).
  if (actor.session !== undefined) actor.session.rotationDue = true;
  return proved;
}

function readProof(proof: unknown): z.infer<typeof stepUpProof> {
  let read: unknown = proof;
  if (typeof proof === "string") {
    try {
      read = JSON.parse(proof);
    } catch {
      read = null;
    }
  }
  const parsed = stepUpProof.safeParse(read);
  if (!parsed.success)
    throw new DomainError("step_up_needed", 403, "这一步需要用通行密钥再确认一次，请重新点击并按提示操作。");
  return parsed.data;
}

function stepUpRefused(): DomainError {
  return new DomainError("step_up_refused", 403, "通行密钥没有通过确认，这一步没有执行。请再试一次。");
}
