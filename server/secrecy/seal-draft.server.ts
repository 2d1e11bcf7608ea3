import { decrypt, encrypt, subkey } from "./aead.server";
import { lookupIdOf, replySeedOf } from "./derive-receipt-keys.server";
import type { Receipt } from "./receipt";
import { pad, unpad } from "./format";

/** A draft is sealed under a key reached through the reporter's reply seed: only the receipt opens it. */
export const DRAFT_SUITE = "receipt-aes-256-gcm.v1";

function binding(receipt: Receipt): string {
  return `${DRAFT_SUITE}|drafts|${lookupIdOf(receipt).toString("hex")}`;
}

function draftKey(receipt: Receipt): Buffer {
  return subkey(replySeedOf(receipt), "draft");
}

export function sealDraft(receipt: Receipt, text: string): Buffer {
  return encrypt(draftKey(receipt), Buffer.from(pad(Buffer.from(text, "utf8"))), binding(receipt));
}

/** null when the body was not sealed under this receipt. */
export function openDraft(receipt: Receipt, body: Buffer): string | null {
  const plain = decrypt(draftKey(receipt), body, binding(receipt));
  const text = plain === null ? null : unpad(plain);
  return text === null ? null : Buffer.from(text).toString("utf8");
}
