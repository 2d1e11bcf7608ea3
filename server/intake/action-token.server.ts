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
  const plain = openToken(portal, token);
  if (plain === null) return null;
  if (plain.readBigUInt64BE(0) < BigInt(portal.clock.now().getTime())) return null;
  return { entropy: new Uint8Array(plain.subarray(8)) };
}

/**
 * Whether a multipart body begins with a token of ours, of whatever age: one that ran out keeps its reporter's words,
 * and the page then takes no file.
 */
export function provesToken(portal: Pick<Portal, "keyring">, head: Buffer): boolean {
  const found =
    /^--[^\r\n]{1,70}\r\nContent-Disposition: form-data; name="token"\r\n\r\n([\w-]{1,200})\r\n/i.exec(
      head.toString("latin1"),
    );
  return found?.[1] !== undefined && openToken(portal, found[1]) !== null;
}

function openToken(portal: Pick<Portal, "keyring">, token: string): Buffer | null {
  const plain = decrypt(portal.keyring.action, Buffer.from(token, "base64url"), AAD);
  return plain === null || plain.length !== 8 + RECEIPT_BYTES ? null : plain;
}
