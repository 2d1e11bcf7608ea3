import { DATA_KEY_BYTES, NONCE_BYTES, bodyAad, pad, unpad, utf8, type SealedRef } from "./format";

/** 256 random bits for one record. */
export function makeDataKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES));
}

/** One field under its record's data key: nonce (12) ‖ ciphertext of the padded text ‖ tag (16). */
export async function sealBody(dataKey: Uint8Array, ref: SealedRef, text: string): Promise<Uint8Array> {
  return encryptBytes(dataKey, bodyAad(ref), pad(utf8(text)));
}

/** null when the key, the row, the field or a byte is wrong. */
export async function openBody(
  dataKey: Uint8Array,
  ref: SealedRef,
  body: Uint8Array,
): Promise<string | null> {
  const padded = await decryptBytes(dataKey, bodyAad(ref), body);
  const plain = padded === null ? null : unpad(padded);
  return plain === null ? null : new TextDecoder().decode(plain);
}

/** AES-256-GCM with a random nonce in front. */
export async function encryptBytes(key: Uint8Array, aad: string, plain: Uint8Array): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const aes = await crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, ["encrypt"]);
  const body = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: utf8(aad) },
    aes,
    new Uint8Array(plain),
  );
  const sealed = new Uint8Array(NONCE_BYTES + body.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(body), NONCE_BYTES);
  return sealed;
}

/** null when the key, the binding or a byte is wrong. */
export async function decryptBytes(
  key: Uint8Array,
  aad: string,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (sealed.length < NONCE_BYTES + 16) return null;
  const aes = await crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, ["decrypt"]);
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.slice(0, NONCE_BYTES), additionalData: utf8(aad) },
      aes,
      sealed.slice(NONCE_BYTES),
    );
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}
