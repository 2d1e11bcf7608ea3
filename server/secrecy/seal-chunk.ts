import {
  FILE_KEY_BYTES,
  SEALED_CHUNK_BYTES,
  chunkAad,
  padChunk,
  unpadChunk,
  type ChunkRef,
} from "./file-format";
import { NONCE_BYTES, utf8 } from "./format";

/** 256 random bits for one file. */
export function makeFileKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(FILE_KEY_BYTES));
}

/** A file's key made ready once for all its chunks. */
export function importFileKey(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new Uint8Array(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/**
 * Seals one chunk. `padded` holds its `length` bytes at `PAYLOAD_AT`; the rest of it is written over, so that one
 * buffer serves a whole file. Answers nonce and ciphertext apart: put together in the store, never in memory.
 */
export async function sealChunk(
  key: CryptoKey,
  ref: ChunkRef,
  padded: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
  padChunk(padded, length);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const body = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: utf8(chunkAad(ref)) },
    key,
    padded,
  );
  return [nonce, new Uint8Array(body)];
}

/** The chunk's own bytes; null when key, file, part, place, end or a byte is wrong. */
export async function openChunk(
  key: CryptoKey,
  ref: ChunkRef,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (sealed.length !== SEALED_CHUNK_BYTES) return null;
  try {
    const padded = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.subarray(0, NONCE_BYTES), additionalData: utf8(chunkAad(ref)) },
      key,
      sealed.subarray(NONCE_BYTES),
    );
    return unpadChunk(new Uint8Array(padded), ref.last);
  } catch {
    return null;
  }
}
