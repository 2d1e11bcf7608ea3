import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { SUITE, utf8 } from "./format";
import { decryptBytes, encryptBytes } from "./sealed-body";

/** What a personal private key may be wrapped under. */
export type WrapMethod = "passkey" | "recovery_code" | "demo_passphrase";

export type KeyWrap = {
  readonly method: WrapMethod;
  readonly salt: Uint8Array;
  readonly body: Uint8Array;
};

/**
 * The PRF input every passkey is asked to evaluate: one constant, for a passkey's PRF is its own and the salt of each
 * wrap is random. 32 bytes, the SHA-256 of "tipoff-portal/webauthn-prf/v1".
 */
export function prfInput(): Promise<Uint8Array<ArrayBuffer>> {
  return crypto.subtle
    .digest("SHA-256", utf8("tipoff-portal/webauthn-prf/v1"))
    .then((digest) => new Uint8Array(digest));
}

/** Published, because a demo keeps no secrets: every demo person's key opens with it. */
export const DEMO_PASSPHRASE = "演示密钥不保护任何秘密";

/** Wraps a personal private key under a secret of ≥ 256 bits (PRF output, recovery code) or the demo's passphrase. */
export async function wrapPersonalKey(
  privateKey: Uint8Array,
  input: { readonly method: WrapMethod; readonly secret: Uint8Array; readonly personalKeyId: string },
): Promise<KeyWrap> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const key = await wrappingKey(input.secret, salt, input.method);
  return { method: input.method, salt, body: await encryptBytes(key, binding(input), privateKey) };
}

/** null when the secret is not the one it was wrapped under. */
export function unwrapPersonalKey(
  wrap: KeyWrap,
  input: { readonly secret: Uint8Array; readonly personalKeyId: string },
): Promise<Uint8Array<ArrayBuffer> | null> {
  return wrappingKey(input.secret, wrap.salt, wrap.method).then((key) =>
    decryptBytes(key, binding({ ...input, method: wrap.method }), wrap.body),
  );
}

async function wrappingKey(secret: Uint8Array, salt: Uint8Array, method: WrapMethod): Promise<Uint8Array> {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(salt),
      info: utf8(`tipoff-portal/personal-key/${method}/v1`),
    },
    base,
    256,
  );
  return new Uint8Array(bits);
}

function binding(input: { method: WrapMethod; personalKeyId: string }): string {
  return [SUITE, "personal-key", input.method, input.personalKeyId].join("|");
}

/** A new recovery code: 24 words, 256 random bits and a checksum (BIP-39, English list). */
export function makeRecoveryCode(): { readonly words: readonly string[]; readonly secret: Uint8Array } {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  return { words: entropyToMnemonic(secret, english).split(" "), secret };
}

/** The secret of a typed code; null when it is not 24 words of the list or its checksum is wrong. */
export function readRecoveryCode(typed: string): Uint8Array | null {
  const words = typed
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
  if (words.length !== 24) return null;
  try {
    return mnemonicToEntropy(words.join(" "), english);
  } catch {
    return null;
  }
}
