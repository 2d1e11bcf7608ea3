import { createHash } from "node:crypto";
import { mkdir, open, readFile, readdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import path from "node:path";
import { chinaDay } from "~server/clock";
import type { FilePart } from "~server/secrecy/file-format";

/** Where sealed chunks lie. Nothing but ids and numbers goes in; what the bytes are, the store cannot tell. */
export type EvidenceStore = {
  /** Keeps one chunk for good: when this settles, a power cut does not lose it. */
  put(at: ChunkPlace, bytes: readonly Uint8Array[]): Promise<void>;
  /** null when there is none. */
  read(at: ChunkPlace): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Removes the chunks of one part, or all of the file. Of what is not there, nothing. */
  drop(fileId: string, part?: FilePart): Promise<void>;
  /** Ids of all files with chunks here that were last written on or before `day` (YYYY-MM-DD, China). */
  listBefore(day: string): AsyncIterable<string>;
  /** Bytes still free where the chunks lie. */
  room(): Promise<number>;
  /** Share of the disk that is taken, 0 to 1. */
  taken(): Promise<number>;
};

export type ChunkPlace = { readonly fileId: string; readonly part: FilePart; readonly index: number };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Sealed chunks on the local disk: `<folder>/<2 hex>/<file id>/<original|copy>.<index>`. A chunk is written beside its
 * place, flushed, then renamed, and its folder flushed. Times of chunks and of all folders down to them are set to the
 * beginning of the day: when a report was written is nobody's business (secrecy.md).
 */
export function openStore(folder: string): EvidenceStore {
  // Spread by a hash: the first digits of an id are enough, but an id is checked before it becomes a path.
  const folderOf = (fileId: string) => {
    if (!UUID.test(fileId)) throw new Error("not a file id");
    return path.join(folder, createHash("sha256").update(fileId).digest("hex").slice(0, 2), fileId);
  };
  const nameOf = ({ part, index }: ChunkPlace) => `${part}.${String(index)}`;
  return {
    async put(at, bytes) {
      const own = folderOf(at.fileId);
      await makeFolder(folder, own);
      const place = path.join(own, nameOf(at));
      const beside = `${place}.part`;
      const file = await open(beside, "w", 0o600);
      try {
        await file.writev(bytes as Uint8Array[]);
        const day = startOfDay();
        await file.utimes(day, day);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, place);
      await flushFolder(own);
      await dateFolders(folder, own);
    },
    async read(at) {
      try {
        return new Uint8Array(await readFile(path.join(folderOf(at.fileId), nameOf(at))));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async drop(fileId, part) {
      const own = folderOf(fileId);
      if (part === undefined) await rm(own, { recursive: true, force: true });
      else {
        for (const name of await namesIn(own)) {
          if (name.startsWith(`${part}.`)) await rm(path.join(own, name), { force: true });
        }
      }
      await dateFolders(folder, own);
    },
    async *listBefore(day) {
      for (const spread of await namesIn(folder)) {
        for (const fileId of await namesIn(path.join(folder, spread))) {
          if (!UUID.test(fileId)) continue;
          const { mtime } = await stat(path.join(folder, spread, fileId)).catch(() => ({
            mtime: new Date(),
          }));
          if (mtime.toISOString().slice(0, 10) <= day) yield fileId;
        }
      }
    },
    async room() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    async taken() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, blocks } = await statfs(folder);
      return blocks === 0 ? 1 : 1 - bavail / blocks;
    },
  };
}

/** The day every date of ours means, China's: a sweeper counting other days would find a chunk older than it is. */
const startOfDay = (): Date => new Date(`${chinaDay(new Date())}T00:00:00Z`);

/** A folder just made is itself an entry of another, which a power cut could lose. */
async function makeFolder(root: string, own: string): Promise<void> {
  const made = await mkdir(own, { recursive: true, mode: 0o700 });
  if (made === undefined) return;
  // Before the chunk is there: a server stopped in between leaves no hour either.
  await dateFolders(root, own);
  for (let at = path.dirname(own); at.startsWith(root); at = path.dirname(at)) {
    await flushFolder(at);
    if (at === root) break;
  }
}

/** A name added or taken away tells its hour on the folder it is in, a folder's own name on the one above. */
async function dateFolders(root: string, own: string): Promise<void> {
  const day = startOfDay();
  for (const at of [own, path.dirname(own), root]) {
    await utimes(at, day, day).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "ENOTDIR") return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
