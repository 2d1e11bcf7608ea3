import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import type { StaffActor } from "~server/staff-auth/actor";

/** How long an opened form may be sent: longer than a shift. */
const LIFETIME_MS = 14 * 60 * 60 * 1000;

/** Another person's form is none of ours. */
const aad = (actor: StaffActor) => `desk-receipt.v1|${actor.id}`;

/**
 * A new receipt for a form just opened, sealed to whoever opened it: sent twice, the form makes one report. The server
 * keeps no copy.
 */
export function makeDeskToken(portal: Portal, actor: StaffActor): string {
  const expires = Buffer.alloc(8);
  expires.writeBigUInt64BE(BigInt(portal.clock.now().getTime() + LIFETIME_MS));
  const sealed = encrypt(
    portal.keyring.cookie,
    Buffer.concat([expires, createReceipt().entropy]),
    aad(actor),
  );
  return sealed.toString("base64url");
}

/** null when the token is not this person's, or too old. */
export function readDeskToken(portal: Portal, token: string, actor: StaffActor): Receipt | null {
  const plain = decrypt(portal.keyring.cookie, Buffer.from(token.slice(0, 200), "base64url"), aad(actor));
  if (plain?.length !== 24) return null;
  if (plain.readBigUInt64BE(0) < BigInt(portal.clock.now().getTime())) return null;
  return { entropy: new Uint8Array(plain.subarray(8)) };
}
