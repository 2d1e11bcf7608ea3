import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { GATE } from "./actor";
import { findEnrolmentLink } from "./read-enrolment-link.server";
import { registrationOptions } from "./registration-options.server";
import type { RelyingParty } from "./relying-party";
import { storeChallenge } from "./spend-challenge.server";

/** What the browser needs to make a passkey for the link's owner. Refusals are those of `readEnrolmentLink`. */
export async function startEnrolment(
  db: Database,
  input: { token: string; relyingParty: RelyingParty; clock: Clock },
): Promise<{ challengeId: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const at = input.clock.now();
  return withActor(db, GATE, async (tx) => {
    const { id: linkId, person } = await findEnrolmentLink(tx, { token: input.token, at, lock: false });
    const challenge = await storeChallenge(tx, {
      purpose: "enrol",
      staffId: person.id,
      context: { linkId },
      at,
    });
    const { relyingParty } = input;
    const options = await registrationOptions(tx, { person, challenge: challenge.bytes, relyingParty });
    return { challengeId: challenge.id, options };
  });
}
