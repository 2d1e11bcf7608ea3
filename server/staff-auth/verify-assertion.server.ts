import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { parse as uuidBytes } from "uuid";
import type { passkeys } from "~db/schema/staff";
import type { AssertionPayload } from "./parse-passkey-response.server";
import type { RelyingParty } from "./relying-party";

export type Passkey = typeof passkeys.$inferSelect;

/** A counter that does not grow means a copied authenticator; 0 on both sides means it keeps none (§6.1.1). */
export function counterWentBack(kept: bigint, given: bigint): boolean {
  return (kept > 0n || given > 0n) && given <= kept;
}

/**
 * Checks a passkey's answer to one of our challenges: signature, origin, relying party, user verification, and that it
 * names its owner (which it may leave out where an allow-list asked for this very passkey). null when any of it is
 * wrong.
 */
export async function verifyAssertion(
  response: AssertionPayload,
  expectedChallenge: string,
  relyingParty: RelyingParty,
  passkey: Passkey,
  options: { readonly ownerKnown?: boolean } = {},
): Promise<{ counter: bigint; backedUp: boolean } | null> {
  const named = response.response.userHandle;
  if (named === undefined ? options.ownerKnown !== true : named !== userHandle(passkey.staffId)) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.rpId,
      requireUserVerification: true,
      // The kept counter is compared by `counterWentBack` after the signature, so that a forged one is no event.
      credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
    });
    if (!verified) return null;
    return {
      counter: BigInt(authenticationInfo.newCounter),
      backedUp: authenticationInfo.credentialBackedUp,
    };
  } catch {
    // The library's messages quote the payload; none of it may reach a log.
    return null;
  }
}

/** What an authenticator stores as the owner of a passkey: the 16 bytes of the staff id, base64url. */
export function userHandle(staffId: string): string {
  return Buffer.from(uuidBytes(staffId)).toString("base64url");
}
