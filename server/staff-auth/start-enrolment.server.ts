import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, isNull } from "drizzle-orm";
import { parse as uuidBytes } from "uuid";
import type { Database } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { systemActor } from "./actor";
import { ALGORITHMS } from "./finish-enrolment.server";
import { findEnrolmentLink } from "./read-enrolment-link.server";
import type { RelyingParty } from "./relying-party";
import { CHALLENGE_MS, storeChallenge } from "./spend-challenge.server";

/**
 * What the browser needs to make a passkey for the link's owner: discoverable, user verification required, no
 * attestation (the portal trusts the link, not the maker of the key), PRF asked for so that the passkey can later
 * wrap the person's keys. Refusals are those of `readEnrolmentLink`.
 */
export async function startEnrolment(
  db: Database,
  input: { token: string; relyingParty: RelyingParty; clock: Clock },
): Promise<{ challengeId: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const at = input.clock.now();
  return withActor(db, systemActor("staff-enrolment"), async (tx) => {
    const link = await findEnrolmentLink(tx, { token: input.token, at, lock: false });
    const known = await tx
      .select({ id: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(
        and(eq(passkeys.staffId, link.person.id), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)),
      );
    const challenge = await storeChallenge(tx, {
      purpose: "enrol",
      staffId: link.person.id,
      context: { linkId: link.id },
      at,
    });
    const options = await generateRegistrationOptions({
      rpID: input.relyingParty.rpId,
      rpName: input.relyingParty.rpName,
      userName: `${link.person.displayName}（${link.person.agencyName}）`,
      userDisplayName: link.person.displayName,
      userID: new Uint8Array(uuidBytes(link.person.id)),
      challenge: challenge.bytes,
      timeout: CHALLENGE_MS,
      attestationType: "none",
      excludeCredentials: known,
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      supportedAlgorithmIDs: [...ALGORITHMS],
      extensions: { prf: {} },
    });
    return { challengeId: challenge.id, options };
  });
}
