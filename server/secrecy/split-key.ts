/**
 * A data key in two shares: `a` is random, `b` is the key XOR `a`. One share alone is random bytes; both give the
 * key. For the identity vault and for payee accounts (secrecy.md).
 */
export function splitKey(key: Uint8Array): { readonly a: Uint8Array; readonly b: Uint8Array } {
  const a = crypto.getRandomValues(new Uint8Array(key.length));
  return { a, b: joinShares(a, key) };
}

/** Throws when the shares are not of one length: they cannot be of one key. */
export function joinShares(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) throw new Error("two shares of different lengths");
  return a.map((byte, at) => byte ^ (b[at] ?? 0));
}
