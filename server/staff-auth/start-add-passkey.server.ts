import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "./actor";
import { registrationOptions } from "./registration-options.server";
import type { RelyingParty } from "./relying-party";
import { storeChallenge } from "./spend-challenge.server";
import { requireStepUp } from "./step-up.server";

/**
 * What the browser needs to make one more passkey for the signed-in person, who first proves themselves by one they
 * have (step-up `passkey.add` on their own id). The challenge is bound to the person. Refusals are those of
 * `requireStepUp`.
 */
export async function startAddPasskey(
  db: Database,
  input: { stepUp: unknown; relyingParty: RelyingParty; clock: Clock },
  actor: StaffActor,
): Promise<{ challengeId: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const { relyingParty, clock } = input;
  await requireStepUp(
    db,
    { act: "passkey.add", subject: actor.id, proof: input.stepUp, relyingParty, clock },
    actor,
  );
  return withActor(db, actor, async (tx) => {
    const challenge = await storeChallenge(tx, {
      purpose: "enrol",
      staffId: actor.id,
      context: { addsTo: actor.id },
      at: clock.now(),
    });
    const options = await registrationOptions(tx, {
      person: actor,
      challenge: challenge.bytes,
      relyingParty,
    });
    return { challengeId: challenge.id, options };
  });
}
