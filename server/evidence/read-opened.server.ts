import { countChunks, type FilePart } from "~server/secrecy/file-format";
import { openChunk } from "~server/secrecy/seal-chunk";
import type { EvidenceStore } from "./open-store.server";

/** A stored part's own bytes, chunk by chunk. Throws when a chunk is missing or does not open. */
export async function* readOpened(
  store: EvidenceStore,
  of: { readonly fileId: string; readonly part: FilePart; readonly key: CryptoKey; readonly size: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { fileId, part } = of;
  const chunks = countChunks(of.size);
  for (let index = 0; index < chunks; index += 1) {
    const sealed = await store.read({ fileId, part, index });
    const last = index === chunks - 1;
    const plain = sealed === null ? null : await openChunk(of.key, { fileId, part, index, last }, sealed);
    if (plain === null) throw new Error("a chunk does not open");
    yield plain;
  }
}
