import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, lt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { webauthnChallenges } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { GATE } from "./actor";
import type { RelyingParty } from "./relying-party";
import { CHALLENGE_MS, storeChallenge } from "./spend-challenge.server";

/**
 * Asks for any passkey of this site: no list of allowed ones, so the answer says nothing about who works here.
 * Anyone may call this, so spent and late sign-in challenges are cleared away on the same occasion.
 */
export async function startSignIn(
  db: Database,
  input: { relyingParty: RelyingParty; clock: Clock },
): Promise<{ challengeId: string; options: PublicKeyCredentialRequestOptionsJSON }> {
  const at = input.clock.now();
  return withActor(db, GATE, async (tx) => {
    await tx
      .delete(webauthnChallenges)
      .where(and(eq(webauthnChallenges.purpose, "sign_in"), lt(webauthnChallenges.expiresAt, at)));
    const challenge = await storeChallenge(tx, { purpose: "sign_in", at });
    const options = await generateAuthenticationOptions({
      rpID: input.relyingParty.rpId,
      challenge: challenge.bytes,
      userVerification: "required",
      timeout: CHALLENGE_MS,
    });
    return { challengeId: challenge.id, options };
  });
}
