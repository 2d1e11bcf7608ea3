import { hkdfSync } from "node:crypto";
import type { Receipt } from "./receipt";

/**
 * HKDF-SHA256 labels of the receipt. They are final: changing one orphans every receipt ever given. Each purpose
 * has its own salt and label, so that the lookup id the server keeps says nothing of the reply key (secrecy.md;
 * at 128 bits no slow hash is needed).
 */
const LABELS = {
  lookup: { salt: "tipoff-portal/receipt/salt/lookup/v1", info: "tipoff-portal/receipt/lookup-id/v1" },
  reply: { salt: "tipoff-portal/receipt/salt/reply/v1", info: "tipoff-portal/receipt/reply-keypair-seed/v1" },
} as const;

function derive(receipt: Receipt, purpose: keyof typeof LABELS): Buffer {
  const { salt, info } = LABELS[purpose];
  return Buffer.from(hkdfSync("sha256", receipt.entropy, salt, info, 32));
}

/** The 32 bytes by which the server finds a draft or a tip. All it ever stores of a receipt. */
export function lookupIdOf(receipt: Receipt): Buffer {
  return derive(receipt, "lookup");
}

/** The seed of the reporter's reply keypair (X25519). Held in memory for one request. */
export function replySeedOf(receipt: Receipt): Buffer {
  return derive(receipt, "reply");
}
