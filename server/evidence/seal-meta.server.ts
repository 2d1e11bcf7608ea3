import { decrypt, encrypt, subkey } from "~server/secrecy/aead.server";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import { pad, unpad } from "~server/secrecy/format";
import type { Receipt } from "~server/secrecy/receipt";
import { DRAFT_SUITE } from "~server/secrecy/seal-draft.server";
import type { DraftFile } from "./file-meta";

/** What is known of a draft's file, sealed under the receipt like the draft itself: nobody else opens it. */
export function sealMeta(receipt: Receipt, fileId: string, file: DraftFile): Buffer {
  const text = Buffer.from(JSON.stringify(file), "utf8");
  return encrypt(metaKey(receipt), Buffer.from(pad(text)), binding(receipt, fileId));
}

/** null when it was not sealed under this receipt, for this file. */
export function openMeta(receipt: Receipt, fileId: string, meta: Buffer): DraftFile | null {
  const plain = decrypt(metaKey(receipt), meta, binding(receipt, fileId));
  const text = plain === null ? null : unpad(plain);
  return text === null ? null : (JSON.parse(Buffer.from(text).toString("utf8")) as DraftFile);
}

function metaKey(receipt: Receipt): Buffer {
  return subkey(replySeedOf(receipt), "draft-files");
}

function binding(receipt: Receipt, fileId: string): string {
  return `${DRAFT_SUITE}|tip_files|${lookupIdOf(receipt).toString("hex")}|${fileId}|meta`;
}
