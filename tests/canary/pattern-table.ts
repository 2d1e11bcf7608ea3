import { closeSync, openSync, readSync } from "node:fs";

/** What a pattern stands for, so that a hit can be named without showing the value. */
export type Label = { readonly what: string; readonly encoding: string; readonly person: number | null };

export type Hit = Label & { readonly offset: number };

const KEY = 8;
const SLOTS = 2 ** 27;
const CHUNK = 8 * 1024 * 1024;

/**
 * Finds any of a million byte patterns in one pass. Patterns are told apart by their first eight bytes, through a
 * bitmap that lets almost every position go at once; what remains is compared in full.
 */
export type PatternTable = {
  add(bytes: Buffer, label: Label): void;
  readonly size: () => number;
  /** Hits in `bytes`, at most `most`. */
  scan(bytes: Buffer, most?: number): Hit[];
  /** Hits in a file of any size, and how large it was. */
  scanFile(file: string, most?: number): { hits: Hit[]; bytes: number };
};

export function makePatternTable(): PatternTable {
  const bitmap = new Uint8Array(SLOTS / 8);
  const byKey = new Map<string, { bytes: Buffer; label: Label }[]>();
  let [count, longest] = [0, 0];

  const slotOf = (first: number, second: number) =>
    (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) & (SLOTS - 1);

  const scanInto = (bytes: Buffer, base: number, hits: Hit[], most: number) => {
    if (bytes.length < KEY) return;
    let first = bytes.readInt32LE(0);
    let second = bytes.readInt32LE(4);
    for (let at = 0; ; at += 1) {
      const slot = slotOf(first, second);
      if (((bitmap[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0) {
        for (const { bytes: wanted, label } of byKey.get(bytes.toString("latin1", at, at + KEY)) ?? []) {
          if (bytes.compare(wanted, 0, wanted.length, at, Math.min(at + wanted.length, bytes.length)) !== 0)
            continue;
          const offset = base + at;
          // What lies in the part kept from the chunk before has been found there.
          const known = hits.some((hit) => hit.offset === offset && hit.encoding === label.encoding);
          if (hits.length < most && !known) hits.push({ ...label, offset });
        }
      }
      const next = at + KEY;
      if (next >= bytes.length) return;
      first = (first >>> 8) | ((bytes[at + 4] ?? 0) << 24);
      second = (second >>> 8) | ((bytes[next] ?? 0) << 24);
    }
  };

  return {
    add(bytes, label) {
      if (bytes.length < KEY) throw new RangeError(`a pattern of ${String(bytes.length)} bytes is chance`);
      const slot = slotOf(bytes.readInt32LE(0), bytes.readInt32LE(4));
      bitmap[slot >>> 3] = (bitmap[slot >>> 3] ?? 0) | (1 << (slot & 7));
      const key = bytes.toString("latin1", 0, KEY);
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [{ bytes, label }]);
      else known.push({ bytes, label });
      count += 1;
      longest = Math.max(longest, bytes.length);
    },
    size: () => count,
    scan(bytes, most = 20) {
      const hits: Hit[] = [];
      scanInto(bytes, 0, hits, most);
      return hits;
    },
    scanFile(file, most = 20) {
      const hits: Hit[] = [];
      const handle = openSync(file, "r");
      try {
        const buffer = Buffer.allocUnsafe(CHUNK + longest);
        let [kept, read] = [0, 0];
        for (;;) {
          const got = readSync(handle, buffer, kept, CHUNK, null);
          if (got === 0) return { hits, bytes: read };
          const held = kept + got;
          scanInto(buffer.subarray(0, held), read - kept, hits, most);
          read += got;
          kept = Math.min(longest - 1, held);
          buffer.copy(buffer, 0, held - kept, held);
        }
      } finally {
        closeSync(handle);
      }
    },
  };
}
