import { readCookie } from "~/i18n/locale";
import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import type { Receipt } from "~server/secrecy/receipt";

/**
 * The receipt travels in a sealed, HttpOnly session cookie from step 1 until the reporter has typed its end
 * (secrecy.md). The server keeps no copy.
 */
const AAD = "draft-cookie.v1";

function cookieName(portal: Portal): string {
  return isHttps(portal) ? "__Host-draft" : "draft";
}

function isHttps(portal: Portal): boolean {
  return portal.env.publicOrigin.startsWith("https:");
}

/** null when there is none, or it was sealed under another key. */
export function readDraftReceipt(request: Pick<Request, "headers">, portal: Portal): Receipt | null {
  const value = readCookie(request, cookieName(portal));
  if (value === null) return null;
  const entropy = decrypt(portal.keyring.cookie, Buffer.from(value, "base64url"), AAD);
  return entropy?.length === 16 ? { entropy: new Uint8Array(entropy) } : null;
}

export function draftCookie(portal: Portal, receipt: Receipt): string {
  const sealed = encrypt(portal.keyring.cookie, Buffer.from(receipt.entropy), AAD).toString("base64url");
  return `${cookieName(portal)}=${sealed}; Path=/; HttpOnly; SameSite=Lax${isHttps(portal) ? "; Secure" : ""}`;
}

export function clearDraftCookie(portal: Portal): string {
  return `${cookieName(portal)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${isHttps(portal) ? "; Secure" : ""}`;
}
