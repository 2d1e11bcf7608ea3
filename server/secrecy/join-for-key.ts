import { keysMatch } from "./match-keys";
import { THRESHOLD, joinRecoveryShares } from "./recovery-shares";

/** Every choice of three of the shares, as their places in the list. */
export function threesOf(count: number): (readonly [number, number, number])[] {
  const all: [number, number, number][] = [];
  for (let a = 0; a < count; a += 1)
    for (let b = a + 1; b < count; b += 1) for (let c = b + 1; c < count; c += 1) all.push([a, b, c]);
  return all;
}

/**
 * The recovery key's private half out of shares, only when it is the other half of `publicKey`: shares of two keys
 * join into bytes that are no key of anybody. null when they are too few, or not of this key.
 */
export async function joinForKey(
  shares: readonly Uint8Array[],
  publicKey: Uint8Array,
): Promise<Uint8Array | null> {
  if (shares.length < THRESHOLD) return null;
  const privateKey = await joinRecoveryShares(shares);
  return privateKey !== null && (await keysMatch(publicKey, privateKey)) ? privateKey : null;
}
