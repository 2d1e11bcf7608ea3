import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import type { Receipt } from "~server/secrecy/receipt";

/** How long a /status page may be acted on with what was typed once. */
const LIFETIME_MS = 30 * 60 * 1000;
const RECEIPT_BYTES = 16;
const AAD = "status-action.v2";

/**
 * What the forms of a /status page carry instead of the receipt: the receipt itself, sealed under a key only the server
 * has, because answering means opening the messages again (decision 015). Good for 30 minutes.
 */
export function makeActionToken(portal: Pick<Portal, "clock" | "keyring">, receipt: Receipt): string {
  const expires = Buffer.alloc(8);
  expires.writeBigUInt64BE(BigInt(portal.clock.now().getTime() + LIFETIME_MS));
  return encrypt(portal.keyring.action, Buffer.concat([expires, receipt.entropy]), AAD).toString("base64url");
}

/** The receipt, or null when the token is not ours or older than 30 minutes. */
export function readActionToken(portal: Pick<Portal, "clock" | "keyring">, token: string): Receipt | null {
  const plain = decrypt(portal.keyring.action, Buffer.from(token, "base64url"), AAD);
  if (plain === null || plain.length !== 8 + RECEIPT_BYTES) return null;
  if (plain.readBigUInt64BE(0) < BigInt(portal.clock.now().getTime())) return null;
  return { entropy: new Uint8Array(plain.subarray(8)) };
}
