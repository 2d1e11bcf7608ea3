import { MINIMUM, type Pattern } from "./planted-values";

const BITS = 1 << 27;

/**
 * Finds any of many patterns in a stream of bytes in one pass: a rolling hash of eight bytes against a bit field, and
 * only where that answers, the patterns themselves (Rabin–Karp). Feed it chunk by chunk; each hit is told once.
 */
export function makeSearcher(patterns: readonly Pattern[]) {
  const field = new Uint8Array(BITS / 8);
  const byHash = new Map<number, Pattern[]>();
  let longest = MINIMUM;
  for (const pattern of patterns) {
    if (pattern.bytes.length < MINIMUM) throw new Error(`too short to search for: ${pattern.what}`);
    const hash = hashOf(pattern.bytes, 0);
    field[slot(hash) >>> 3] = (field[slot(hash) >>> 3] ?? 0) | (1 << (slot(hash) & 7));
    byHash.set(hash, [...(byHash.get(hash) ?? []), pattern]);
    longest = Math.max(longest, pattern.bytes.length);
  }
  return {
    /** A search over one stream. `feed` answers what was found in it so far that was not told before. */
    stream() {
      const found = new Set<string>();
      let carried: Buffer = Buffer.alloc(0);
      return {
        found,
        feed(chunk: Buffer): void {
          const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
          scan(bytes, found);
          carried = Buffer.from(bytes.subarray(Math.max(0, bytes.length - longest + 1)));
        },
      };
    },
  };

  function scan(bytes: Buffer, found: Set<string>): void {
    if (bytes.length < MINIMUM) return;
    let hash = hashOf(bytes, 0);
    for (let at = 0; ; at += 1) {
      const place = slot(hash);
      if (((field[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0) {
        for (const { bytes: wanted, what } of byHash.get(hash) ?? []) {
          if (bytes.subarray(at, at + wanted.length).equals(wanted)) found.add(what);
        }
      }
      const next = at + MINIMUM;
      if (next >= bytes.length) return;
      hash = (Math.imul(hash - Math.imul(bytes[at] ?? 0, OUT), BASE) + (bytes[next] ?? 0)) | 0;
    }
  }
}

const BASE = 0x01000193;
/** BASE to the power of seven: the weight of the byte that leaves the window. */
const OUT = [1, 2, 3, 4, 5, 6, 7].reduce((power) => Math.imul(power, BASE), 1);

function hashOf(bytes: Buffer, at: number): number {
  let hash = 0;
  for (let place = at; place < at + MINIMUM; place += 1) {
    hash = (Math.imul(hash, BASE) + (bytes[place] ?? 0)) | 0;
  }
  return hash;
}

function slot(hash: number): number {
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 5) & (BITS - 1);
}
