import { SUITE, utf8 } from "./format";
import { deriveKeyPair, type KeyPair } from "./hpke";

/**
 * The two key pairs of a tip, to which everything said after the report is sealed. Neither private key is stored
 * anywhere: one follows from the data key of the tip's content, so that every reader of the report, of now and of
 * later, reads on without another hand-over; the other from the receipt (`replySeedOf`). Client-safe.
 */
export async function contentKeyPair(contentDataKey: Uint8Array): Promise<KeyPair> {
  return deriveKeyPair(await expand(contentDataKey, "tip-content-keypair"));
}

/** The reporter's own pair. `seed` is `replySeedOf(receipt)`. */
export async function replyKeyPair(seed: Uint8Array): Promise<KeyPair> {
  return deriveKeyPair(await expand(seed, "tip-reply-keypair"));
}

/** A purpose of its own for the derived secret, so that the bytes it comes from serve nothing else by this road. */
async function expand(secret: Uint8Array, label: string): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8(`${SUITE}|${label}`) },
    base,
    256,
  );
  return new Uint8Array(bits);
}
