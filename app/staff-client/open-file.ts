import { paths } from "~/paths";
import { FILE_TYPES } from "~server/evidence/limits";
import type { FileMeta } from "~server/evidence/file-meta";
import { CHUNK_BYTES, SEALED_CHUNK_BYTES, countChunks, type FilePart } from "~server/secrecy/file-format";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { openSealedChunk } from "./keys/ask-desk";

export type OpenedFile =
  | {
      readonly state: "open";
      readonly blob: Blob;
      /** Whether the original's SHA-256 is the one it came with; null for a copy, which has none. */
      readonly intact: boolean | null;
    }
  /** `broken`: a chunk does not open or is missing; `gone`: the server has none for this person. */
  | { readonly state: "broken" | "gone" | "stopped" };

/**
 * Fetches one part of a file and opens it chunk by chunk in the worker. `onProgress` is told bytes of the file opened.
 * Nothing opened leaves this page. `signal` ends it early (`stopped`).
 */
export async function openFile(
  file: FileMeta,
  part: FilePart,
  keyring: OpenKeyring,
  options: { readonly onProgress?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<OpenedFile> {
  try {
    const response = await fetch(paths.staff.file(file.id, part), {
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal,
    });
    if (response.status === 404) return { state: "gone" };
    if (!response.ok || response.body === null) return { state: "stopped" };
    const parts = await openAll(response.body, file, part, keyring, options.onProgress);
    if (parts === null) return { state: "broken" };
    const blob = new Blob(parts, { type: FILE_TYPES[file.type].mime });
    if (part === "copy") return { state: "open", blob, intact: null };
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { state: "open", blob, intact: hex === file.sha256 && blob.size === file.size };
  } catch {
    return { state: "stopped" };
  }
}

/** null where a chunk does not open, is missing, or one comes too many. */
async function openAll(
  body: ReadableStream<Uint8Array>,
  file: FileMeta,
  part: FilePart,
  keyring: OpenKeyring,
  onProgress: ((bytes: number) => void) | undefined,
): Promise<Uint8Array<ArrayBuffer>[] | null> {
  const size = part === "original" ? file.size : (file.copy?.size ?? 0);
  const chunks = countChunks(size);
  const reader = body.getReader();
  const opened: Uint8Array<ArrayBuffer>[] = [];
  let chunk = new Uint8Array(SEALED_CHUNK_BYTES);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.length;) {
      const some = value.subarray(at, at + SEALED_CHUNK_BYTES - filled);
      chunk.set(some, filled);
      filled += some.length;
      at += some.length;
      if (filled < SEALED_CHUNK_BYTES) continue;
      const index = opened.length;
      const ref = { fileId: file.id, part, index, last: index === chunks - 1 };
      const bytes = await openSealedChunk({ key: file.key, ref, sealed: chunk.buffer }, keyring);
      if (bytes === null || index >= chunks) {
        await reader.cancel();
        return null;
      }
      opened.push(bytes);
      onProgress?.(Math.min(size, index * CHUNK_BYTES + bytes.length));
      chunk = new Uint8Array(SEALED_CHUNK_BYTES);
      filled = 0;
    }
  }
  // A connection that broke ends between or within chunks; what is there is whole or nothing.
  return opened.length === chunks && filled === 0 ? opened : null;
}

/** Hands an opened file to the browser's own saving. Never opened in place: its type may be a lie. */
export function saveFile(file: FileMeta, part: FilePart, blob: Blob): void {
  const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = nameToSave(file, part);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The reporter's name for it, with the ending of what it is. */
export function nameToSave(file: Pick<FileMeta, "name" | "type">, part: FilePart): string {
  const plain = file.name.replace(/[\\/:*?"<>|]/g, "_").replace(/^\.+/, "");
  const ending = /\.([a-z0-9]{1,10})$/i.exec(plain)?.[1]?.toLowerCase();
  const endings: readonly string[] = FILE_TYPES[file.type].endings;
  const named = ending !== undefined && endings.includes(ending) ? plain : `${plain}.${file.type}`;
  return part === "copy" ? named.replace(/(\.[a-z0-9]+)$/i, "-副本$1") : named;
}
