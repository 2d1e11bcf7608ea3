import { createHmac } from "node:crypto";
import type { RawAnswers } from "~/forms/report";
import type { Values } from "~/forms/report-fields";
import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import type { StaffActor } from "~server/staff-auth/actor";

/** How long an opened form may be sent: longer than a shift. */
const LIFETIME_MS = 14 * 60 * 60 * 1000;

/** Another person's form is none of ours. */
const aad = (actor: StaffActor) => `desk-receipt.v1|${actor.id}`;

/** What an opened form holds: random, and with what is typed into the form the receipt of its report. */
export type DeskSeed = { readonly entropy: Uint8Array };

/** A new seed for a form just opened, sealed to whoever opened it. The server keeps no copy. */
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
export function readDeskToken(portal: Portal, token: string, actor: StaffActor): DeskSeed | null {
  const plain = decrypt(portal.keyring.cookie, Buffer.from(token.slice(0, 200), "base64url"), aad(actor));
  if (plain?.length !== 24) return null;
  if (plain.readBigUInt64BE(0) < BigInt(portal.clock.now().getTime())) return null;
  return { entropy: new Uint8Array(plain.subarray(8)) };
}

/**
 * The receipt of what was posted: sent twice, a form makes one report; changed after an answer that got lost, it makes
 * another with a receipt of its own, so that nothing typed is taken for what came before. As hard to guess as the seed.
 */
export function deskReceipt(
  seed: DeskSeed,
  posted: { readonly raw: RawAnswers; readonly channel: string; readonly receivedOn: string | null },
): Receipt {
  // In an order of its own, whatever the order they were read in.
  const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const pages = sorted(posted.raw).map(([step, values]) => [step, sorted(values as Values)]);
  const told = JSON.stringify(["desk-receipt.v1", posted.channel, posted.receivedOn, pages]);
  const made = createHmac("sha256", seed.entropy).update(told).digest();
  return { entropy: new Uint8Array(made.subarray(0, 16)) };
}
