import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";

/** How long a /status page may be acted on, so that the receipt itself is never written into it. */
const LIFETIME_MS = 30 * 60 * 1000;
const AAD = "status-action.v1";

export function makeActionToken(portal: Portal, lookupId: Buffer): string {
  const expires = Buffer.alloc(8);
  expires.writeBigUInt64BE(BigInt(portal.clock.now().getTime() + LIFETIME_MS));
  return encrypt(portal.keyring.action, Buffer.concat([expires, lookupId]), AAD).toString("base64url");
}

/** The lookup id, or null when the token is not ours or older than 30 minutes. */
export function readActionToken(portal: Portal, token: string): Buffer | null {
  const plain = decrypt(portal.keyring.action, Buffer.from(token, "base64url"), AAD);
  if (plain === null || plain.length !== 40) return null;
  return plain.readBigUInt64BE(0) >= BigInt(portal.clock.now().getTime()) ? plain.subarray(8) : null;
}
