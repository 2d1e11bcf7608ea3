import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { addDays } from "~server/clock";
import { openStore } from "~server/evidence/open-store.server";
import { readOpened } from "~server/evidence/read-opened.server";
import { writeSealed } from "~server/evidence/write-sealed.server";
import { CHUNK_BYTES, SEALED_CHUNK_BYTES, countChunks, type ChunkRef } from "~server/secrecy/file-format";
import { importFileKey, makeFileKey, openChunk } from "~server/secrecy/seal-chunk";
import { evidenceFolder, filesBelow } from "~tests/factories/evidence";

const folder = evidenceFolder();
const store = openStore(folder);
const ID = "3f0c1c2e-8a53-4a44-9a3b-0a4a1d9f1c11";
const OTHER = "5d0c1c2e-8a53-4a44-9a3b-0a4a1d9f1c12";

async function write(fileId: string, bytes: Buffer) {
  const raw = makeFileKey();
  const key = await importFileKey(raw);
  const writer = writeSealed(store, { fileId, part: "original", key });
  for (let at = 0; at < bytes.length; at += 70_001) await writer.write(bytes.subarray(at, at + 70_001));
  return { key, ...(await writer.end()) };
}

async function chunk(ref: ChunkRef) {
  const sealed = await store.read(ref);
  if (sealed === null) throw new Error("no chunk");
  return sealed;
}

async function readAll(of: { fileId: string; key: CryptoKey; size: number }): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const bytes of readOpened(store, { ...of, part: "original" })) parts.push(bytes);
  return Buffer.concat(parts);
}

describe("a sealed file", () => {
  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
    "of %i bytes comes back byte by byte, and its chunks are all of one size",
    async (size) => {
      const bytes = randomBytes(size);
      const written = await write(ID, bytes);
      expect(written).toMatchObject({ size, chunks: countChunks(size) });
      expect((await readAll({ ...written, fileId: ID })).equals(bytes)).toBe(true);
      for (let index = 0; index < written.chunks; index += 1) {
        expect((await chunk({ fileId: ID, part: "original", index, last: false })).length).toBe(
          SEALED_CHUNK_BYTES,
        );
      }
      await store.drop(ID);
    },
  );

  it("does not open where a chunk is missing, cut, changed, moved, or taken from another file or part", async () => {
    const { key, size } = await write(ID, randomBytes(3 * CHUNK_BYTES - 5));
    const other = await write(OTHER, randomBytes(3 * CHUNK_BYTES - 5));
    const place = (index: number, last = index === 2): ChunkRef => ({
      fileId: ID,
      part: "original",
      index,
      last,
    });
    const [first, second, end] = [await chunk(place(0)), await chunk(place(1)), await chunk(place(2))];
    expect(await openChunk(key, place(0), first)).not.toBeNull();
    // Moved, or swapped with its neighbour.
    expect(await openChunk(key, place(1), first)).toBeNull();
    expect(await openChunk(key, place(0), second)).toBeNull();
    // The end taken off: what stands before it does not pass for an end, nor the end for a middle.
    expect(await openChunk(key, place(1, true), second)).toBeNull();
    expect(await openChunk(key, place(2, false), end)).toBeNull();
    // Another file's, even under the same key; another part's.
    expect(await openChunk(other.key, { ...place(0), fileId: OTHER }, first)).toBeNull();
    expect(await openChunk(key, { ...place(0), fileId: OTHER }, first)).toBeNull();
    expect(await openChunk(key, { ...place(0), part: "copy" }, first)).toBeNull();
    // A byte changed; cut short.
    const changed = first.slice();
    changed[5_000] = (changed[5_000] ?? 0) ^ 1;
    expect(await openChunk(key, place(0), changed)).toBeNull();
    expect(await openChunk(key, place(0), first.slice(0, -1))).toBeNull();
    await store.put({ fileId: ID, part: "original", index: 1 }, [first]);
    await expect(readAll({ fileId: ID, key, size })).rejects.toThrow("does not open");
    await store.drop(ID);
    await expect(readAll({ fileId: ID, key, size })).rejects.toThrow("does not open");
    await store.drop(OTHER);
  });

  it("is kept under its id alone, without a half-written chunk, and with a day instead of an hour", async () => {
    await write(ID, Buffer.from("不该出现在硬盘上的话"));
    const [file = ""] = filesBelow(folder);
    expect(file.slice(folder.length)).toMatch(new RegExp(`^/[0-9a-f]{2}/${ID}/original\\.0$`));
    expect(filesBelow(folder)).toHaveLength(1);
    const own = path.dirname(file);
    const day = async (at: string) => (await stat(at)).mtime.toISOString().slice(10);
    const days = (places: string[]) => Promise.all(places.map(day));
    const midnight = "T00:00:00.000Z";
    expect(await days([file, own, path.dirname(own), folder])).toEqual(Array(4).fill(midnight));
    await store.drop(ID, "original");
    expect(filesBelow(folder)).toHaveLength(0);
    expect(await days([own, path.dirname(own), folder])).toEqual(Array(3).fill(midnight));
    await store.drop(ID);
    expect(await days([path.dirname(own), folder])).toEqual(Array(2).fill(midnight));
    await store.drop(ID);
  });

  it.each([
    ["2026-06-01T15:59:59Z", "2026-06-01"],
    ["2026-06-01T16:00:00Z", "2026-06-02"],
  ])("written at %s is dated %s, China's day", async (at, day) => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(at) });
    try {
      await store.put({ fileId: ID, part: "original", index: 0 }, [Buffer.alloc(10)]);
    } finally {
      vi.useRealTimers();
    }
    const before = async (last: string) => {
      const ids: string[] = [];
      for await (const id of store.listBefore(last)) ids.push(id);
      return ids;
    };
    expect(await before(day)).toEqual([ID]);
    expect(await before(addDays(day, -1))).toEqual([]);
    await store.drop(ID);
  });

  it("has no place outside the store: what is no id is refused", async () => {
    for (const fileId of ["../../etc/passwd", "..", "", `${ID}/x`]) {
      await expect(store.read({ fileId, part: "original", index: 0 })).rejects.toThrow("not a file id");
      await expect(store.drop(fileId)).rejects.toThrow("not a file id");
    }
  });
});
