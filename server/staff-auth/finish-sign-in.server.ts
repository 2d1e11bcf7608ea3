import { eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { GATE, systemActor } from "./actor";
import { loadStaffActor } from "./load-staff-actor.server";
import { parseAssertion } from "./parse-passkey-response.server";
import { challengeSpent, keepRefusal, signInRefused } from "./refusals.server";
import type { RelyingParty } from "./relying-party";
import { spendChallenge } from "./spend-challenge.server";
import { startSession, type SignedIn } from "./start-session.server";
import { counterWentBack, verifyAssertion, type Passkey } from "./verify-assertion.server";

const SIGN_IN = systemActor("staff-sign-in");

/**
 * Signs a person in with the passkey's answer. User verification is required, and the answer must name the owner
 * (WebAuthn Level 2 §7.2 step 6: with no allow-list, the user handle identifies the user).
 * Throws `challenge_spent` (400), `passkey_malformed`, `key_material_sent` (400), or `sign_in_refused` (403) with
 * one sentence for every other reason. The challenge is spent in any case.
 */
export async function finishSignIn(
  db: Database,
  input: { challengeId: string; response: unknown; relyingParty: RelyingParty; clock: Clock },
): Promise<SignedIn> {
  const response = parseAssertion(input.response);
  const at = input.clock.now();
  return keepRefusal(db, GATE, async (tx) => {
    const challenge = await spendChallenge(tx, { id: input.challengeId, purpose: "sign_in", at });
    if (challenge === null) return challengeSpent();
    // Locked, so that two answers with one counter are judged one after the other.
    const [passkey] = await tx
      .select()
      .from(passkeys)
      .where(eq(passkeys.credentialId, response.id))
      .for("update");
    if (passkey === undefined) return signInRefused();
    const answer = await verifyAssertion(response, challenge.challenge, input.relyingParty, passkey);
    if (answer === null) return signInRefused();
    // From here on the answer is genuine, so a refusal is worth an event; before, anyone could fill the trail.
    if (passkey.revokedAt !== null) return refuse(tx, passkey, "passkey_revoked", at);
    if (counterWentBack(passkey.signCount, answer.counter)) return refuse(tx, passkey, "sign_count", at);
    const actor = await loadStaffActor(tx, passkey.staffId, "passkey");
    if (actor === null) return refuse(tx, passkey, "suspended", at);
    await tx
      .update(passkeys)
      .set({ signCount: answer.counter, backedUp: answer.backedUp, lastUsedAt: at })
      .where(eq(passkeys.id, passkey.id));
    return startSession(tx, actor, at);
  });
}

async function refuse(tx: Tx, passkey: Passkey, reason: string, at: Date) {
  await recordEvent(
    tx,
    {
      action: "staff.sign_in_refused",
      subjectTable: "staff",
      subjectId: passkey.staffId,
      data: { reason, passkeyId: passkey.id },
      at,
    },
    SIGN_IN,
  );
  return signInRefused();
}
