/**
 * The formats of everything sealed: names, bindings and sizes, shared by the server (which seals) and staff browsers
 * (which open). Client-safe and pure. A change here needs a new suite id: what is stored stays readable by its own.
 */

/** HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; bodies in AES-256-GCM. */
export const SUITE = "hpke-x25519-sha256-aes256gcm.v1";

export const DATA_KEY_BYTES = 32;
export const NONCE_BYTES = 12;

/** What is sealed of a tip: fields that one group of people reads share a record, and so a data key. */
export const RECORD_OF = {
  narrative: "content",
  details: "content",
  /** The list of the report's files with their keys: JSON, `FileMeta[]`. */
  files: "content",
  identity: "identity",
  contact: "contact",
} as const;

export type SealedField = keyof typeof RECORD_OF;
export type SealedRecord = (typeof RECORD_OF)[SealedField];

/** Which value: the row it belongs to and its name there. */
export type SealedRef = { readonly table: "tips"; readonly id: string; readonly field: SealedField };

/** A part of a record's data key: whole, or one of two shares of which one alone tells nothing. */
export type KeyPart = "whole" | "a" | "b";

/** Whom a data key is for. Slots: `triage`, `agency:<id>`, `custodian_a` … */
export type Recipient = { readonly slot: string; readonly epoch: number };

/** AAD of a sealed body: moving it to another row or field, or naming another suite, breaks it. */
export function bodyAad(ref: SealedRef): string {
  return [SUITE, ref.table, ref.id, ref.field].join("|");
}

/** HPKE info of a data key sealed to a recipient: it opens for no other record, part, recipient or epoch. */
export function dataKeyInfo(
  of: { readonly table: string; readonly id: string; readonly record: string; readonly part: KeyPart },
  to: Recipient,
): string {
  return [SUITE, "data-key", of.table, of.id, of.record, of.part, to.slot, String(to.epoch)].join("|");
}

/** HPKE info of a role's private key sealed to a member's personal key or to the recovery key. */
export function grantInfo(roleKey: Recipient & { readonly id: string }, granteeKeyId: string): string {
  return [SUITE, "role-key", roleKey.id, roleKey.slot, String(roleKey.epoch), granteeKeyId].join("|");
}

/** HPKE info of a custodian's share handed to the other side for one request. */
export function releasedShareInfo(requestId: string, tipId: string, to: Recipient): string {
  return [SUITE, "released-share", requestId, tipId, to.slot, String(to.epoch)].join("|");
}

const KIB = 1024;
const STEPS = [4 * KIB, 16 * KIB, 64 * KIB];

/** Length (4 bytes, big-endian), text, zeros up to 4, 16 or 64 KiB (then whole 64 KiB), so that size tells little. */
export function pad(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  const needed = plain.length + 4;
  const size = STEPS.find((step) => step >= needed) ?? Math.ceil(needed / (64 * KIB)) * 64 * KIB;
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, plain.length);
  padded.set(plain, 4);
  return padded;
}

/** null when the length does not fit what is there. */
export function unpad(padded: Uint8Array): Uint8Array | null {
  if (padded.length < 4) return null;
  const length = new DataView(padded.buffer, padded.byteOffset, padded.byteLength).getUint32(0);
  return length > padded.length - 4 ? null : padded.subarray(4, 4 + length);
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes as base64url without padding, as JSON carries them. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Throws on anything but base64url. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
