import { SUITE } from "./format";

/**
 * The format of sealed files, shared by the server (which seals them as they arrive) and staff browsers (which open
 * them). Client-safe and pure. A file is cut into steps of 1 MiB of its own bytes; each step is sealed by itself under
 * the file's key, and every sealed chunk has the same size, so that what lies on disk tells whole MiB alone.
 */

/** Bytes of the file in every chunk but the last, which holds 0 (an empty file) to this many. */
export const CHUNK_BYTES = 1024 * 1024;
export const FILE_KEY_BYTES = 32;
const LENGTH_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed of a chunk: its length (4 bytes, big-endian), its bytes, zeros up to 1 MiB. */
export const PADDED_BYTES = LENGTH_BYTES + CHUNK_BYTES;
/** Nonce ‖ ciphertext ‖ tag: the size of every chunk in the store and on its way to a browser. */
export const SEALED_CHUNK_BYTES = NONCE_BYTES + PADDED_BYTES + TAG_BYTES;

/** The file as it came, and of an image the copy re-encoded without metadata. */
export type FilePart = "original" | "copy";

/** Which chunk: index counts from 0; `last` marks the end, so that a shortened file does not open. */
export type ChunkRef = {
  readonly fileId: string;
  readonly part: FilePart;
  readonly index: number;
  readonly last: boolean;
};

/** AAD of a sealed chunk: it opens for no other file, part, place or end. */
export function chunkAad({ fileId, part, index, last }: ChunkRef): string {
  return [SUITE, "tip_files", fileId, part, String(index), last ? "last" : "more"].join("|");
}

/** How many chunks a part of `bytes` bytes has; the empty one has one. */
export function countChunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

/** Where a chunk's own bytes begin in what `PADDED_BYTES` measures. */
export const PAYLOAD_AT = LENGTH_BYTES;

/** Writes a chunk's length and clears what follows its bytes; those stand at `PAYLOAD_AT` already. */
export function padChunk(padded: Uint8Array, length: number): void {
  new DataView(padded.buffer, padded.byteOffset, LENGTH_BYTES).setUint32(0, length);
  padded.fill(0, LENGTH_BYTES + length);
}

/** The chunk's own bytes, or null when the length does not fit its place: all but the last are full. */
export function unpadChunk(padded: Uint8Array<ArrayBuffer>, last: boolean): Uint8Array<ArrayBuffer> | null {
  if (padded.length !== PADDED_BYTES) return null;
  const length = new DataView(padded.buffer, padded.byteOffset, LENGTH_BYTES).getUint32(0);
  if (length > CHUNK_BYTES || (!last && length !== CHUNK_BYTES)) return null;
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
