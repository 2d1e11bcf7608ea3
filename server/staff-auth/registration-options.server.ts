import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, isNull } from "drizzle-orm";
import { parse as uuidBytes } from "uuid";
import type { Tx } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import type { StaffActor } from "./actor";
import type { RelyingParty } from "./relying-party";
import { CHALLENGE_MS } from "./spend-challenge.server";

/** EdDSA, ES256, RS256 (COSE): fixed, so that a voucher's signature can be checked by any later release. */
export const ALGORITHMS = [-8, -7, -257] as const;

/**
 * What the browser needs to make a passkey for a person: discoverable, user verification required, no attestation (the
 * portal trusts the link, not the maker of the key), PRF asked for so that the passkey can wrap the person's keys. The
 * passkeys they have are named as ones not to use again.
 */
export async function registrationOptions(
  tx: Tx,
  input: { person: StaffActor; challenge: Uint8Array<ArrayBuffer>; relyingParty: RelyingParty },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { person, relyingParty } = input;
  const known = await tx
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(and(eq(passkeys.staffId, person.id), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)));
  return generateRegistrationOptions({
    rpID: relyingParty.rpId,
    rpName: relyingParty.rpName,
    userName: `${person.displayName}（${person.agencyName}）`,
    userDisplayName: person.displayName,
    userID: new Uint8Array(uuidBytes(person.id)),
    challenge: input.challenge,
    timeout: CHALLENGE_MS,
    attestationType: "none",
    excludeCredentials: known,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: [...ALGORITHMS],
    extensions: { prf: {} },
  });
}
