import { createHmac } from "node:crypto";
import { subkey } from "~server/secrecy/aead.server";
import { replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";

/**
 * The id (uuidv4 in form) of what a reporter sends: it follows from the random id in their form and from what the form
 * says and brings, so that the same form sent twice is one message, and one changed after "back" is another. Keyed by the receipt:
 * nobody can test a text against a stored id.
 */
export function nameMessage(
  receipt: Receipt,
  form: {
    readonly formId: string;
    readonly kind: string;
    readonly text: string;
    readonly files?: readonly string[];
  },
): string {
  // `files`: SHA-256 of each, in the order they came.
  const key = subkey(replySeedOf(receipt), "message-id");
  const bytes = createHmac("sha256", key)
    .update(JSON.stringify([form.formId, form.kind, form.text, ...(form.files ?? [])]))
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
