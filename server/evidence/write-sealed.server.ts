import { CHUNK_BYTES, PADDED_BYTES, PAYLOAD_AT, type FilePart } from "~server/secrecy/file-format";
import { sealChunk } from "~server/secrecy/seal-chunk";
import type { EvidenceStore } from "./open-store.server";

export type SealedWriter = {
  /** Takes bytes; settles once they are in the buffer or in the store, which is what slows a sender down. */
  write(bytes: Uint8Array): Promise<void>;
  /** Seals what is left as the last chunk. Answers size in bytes and chunks. */
  end(): Promise<{ readonly size: number; readonly chunks: number }>;
};

/**
 * Seals a stream of bytes into the store chunk by chunk, with one chunk of it in memory. A full chunk waits for the
 * byte after it, since only then is it known not to be the last. `look` sees each chunk (up to 1 MiB) before it is
 * sealed and stored; what it throws, `write` or `end` throws, and nothing of that chunk is kept.
 */
export function writeSealed(
  store: EvidenceStore,
  of: { readonly fileId: string; readonly part: FilePart; readonly key: CryptoKey },
  look: (bytes: Uint8Array, index: number) => Promise<void> = async () => {},
): SealedWriter {
  let padded: Uint8Array<ArrayBuffer> | null = null;
  let [filled, index, size] = [0, 0, 0];
  const seal = async (last: boolean) => {
    padded ??= new Uint8Array(PADDED_BYTES);
    await look(padded.subarray(PAYLOAD_AT, PAYLOAD_AT + filled), index);
    const { fileId, part } = of;
    const sealed = await sealChunk(of.key, { fileId, part, index, last }, padded, filled);
    await store.put({ fileId, part, index }, sealed);
    index += 1;
    filled = 0;
  };
  return {
    async write(bytes) {
      padded ??= new Uint8Array(PADDED_BYTES);
      for (let at = 0; at < bytes.length;) {
        if (filled === CHUNK_BYTES) await seal(false);
        const some = bytes.subarray(at, at + CHUNK_BYTES - filled);
        padded.set(some, PAYLOAD_AT + filled);
        filled += some.length;
        size += some.length;
        at += some.length;
      }
    },
    async end() {
      await seal(true);
      padded = null;
      return { size, chunks: index };
    },
  };
}
