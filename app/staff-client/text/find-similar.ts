import { foldText } from "./fold-text";

/** Texts are compared by their runs of four characters. */
const SHINGLE = 4;
/** Jaccard similarity from which two narratives count as near-duplicates. */
export const LIKE_FROM = 0.7;
/** Hashes of a MinHash signature, and how much of it must agree before two texts are compared exactly. */
const HASHES = 64;
const WORTH_COMPARING = 0.45;

export type Sketch = {
  /** Sorted, without doubles. */
  readonly shingles: Uint32Array;
  readonly signature: Uint32Array;
};

/** What a text is compared by. null for texts too short to say anything. Stays in the browser (secrecy.md). */
export function sketchText(text: string): Sketch | null {
  const plain = Array.from(foldText(text).text.replace(/[\p{P}\p{S}]+/gu, ""));
  if (plain.length < SHINGLE * 2) return null;
  const found = new Set<number>();
  for (let at = 0; at + SHINGLE <= plain.length; at += 1) {
    found.add(hashOf(plain, at));
  }
  const shingles = Uint32Array.from(found).sort();
  const signature = new Uint32Array(HASHES).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let at = 0; at < HASHES; at += 1) {
      const value = mix(shingle ^ Math.imul(at + 1, 0x9e3779b1));
      if (value < (signature[at] ?? 0)) signature[at] = value;
    }
  }
  return { shingles, signature };
}

/** Share of shingles two texts have in common, 0 to 1 (Jaccard). */
export function similarity(one: Sketch, other: Sketch): number {
  const [a, b] = [one.shingles, other.shingles];
  let [i, j, common] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) common += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return common / (a.length + b.length - common);
}

/**
 * For each text the first earlier one it is very like, as positions in `sketches`; -1 where there is none. `pause` is
 * called between texts, so that a page comparing on its own thread stays responsive.
 */
export async function findSimilar(
  sketches: readonly (Sketch | null)[],
  pause: () => Promise<void> = async () => {},
): Promise<Int32Array> {
  const like = new Int32Array(sketches.length).fill(-1);
  for (const [at, sketch] of sketches.entries()) {
    if (sketch === null) continue;
    like[at] = sketches.slice(0, at).findIndex((earlier) => earlier !== null && areLike(earlier, sketch));
    await pause();
  }
  return like;
}

function areLike(one: Sketch, other: Sketch): boolean {
  const [a, b] = [one.shingles.length, other.shingles.length];
  // Sizes alone can rule it out: what is common is at most the smaller.
  if (Math.min(a, b) < LIKE_FROM * Math.max(a, b)) return false;
  let agree = 0;
  for (let at = 0; at < HASHES; at += 1) if (one.signature[at] === other.signature[at]) agree += 1;
  return agree >= WORTH_COMPARING * HASHES && similarity(one, other) >= LIKE_FROM;
}

/** FNV-1a over the code points of one shingle. */
function hashOf(chars: readonly string[], from: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + SHINGLE; at += 1) {
    hash = Math.imul(hash ^ (chars[at]?.codePointAt(0) ?? 0), 0x01000193);
  }
  return mix(hash);
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
