import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { utf8 } from "./format";

/** One value sealed to one public key: HPKE's encapsulation and ciphertext. */
export type SealedTo = { readonly enc: Uint8Array<ArrayBuffer>; readonly body: Uint8Array<ArrayBuffer> };

/** Raw X25519 keys, 32 bytes each. */
export type KeyPair = {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly privateKey: Uint8Array<ArrayBuffer>;
};

let chosen: Promise<CipherSuite> | undefined;

/** The suite on the platform's own X25519, or on JavaScript's where the platform has none (older browsers). */
function suite(): Promise<CipherSuite> {
  chosen ??= (async () => {
    const native = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]).then(
      () => true,
      () => false,
    );
    const Kem = native ? DhkemX25519HkdfSha256 : (await import("@hpke/dhkem-x25519")).DhkemX25519HkdfSha256;
    return new CipherSuite({ kem: new Kem(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  })();
  return chosen;
}

/** A new X25519 key pair from the platform's random source. */
export async function makeKeyPair(): Promise<KeyPair> {
  const { kem } = await suite();
  const pair = await kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
}

/** The X25519 key pair that follows from 32 secret bytes (RFC 9180, DeriveKeyPair): the same bytes, the same pair. */
export async function deriveKeyPair(secret: Uint8Array): Promise<KeyPair> {
  const { kem } = await suite();
  const pair = await kem.deriveKeyPair(bytes(secret));
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
}

/** Seals a short secret to a public key, bound to `info`. */
export async function sealTo(publicKey: Uint8Array, info: string, plain: Uint8Array): Promise<SealedTo> {
  const hpke = await suite();
  const sealed = await hpke.seal(
    { recipientPublicKey: await publicKeyOf(hpke, publicKey), info: utf8(info) },
    bytes(plain),
  );
  return { enc: new Uint8Array(sealed.enc), body: new Uint8Array(sealed.ct) };
}

/** null when the key, the binding or a byte is wrong. */
export async function openWith(
  privateKey: Uint8Array,
  info: string,
  sealed: { readonly enc: Uint8Array; readonly body: Uint8Array },
): Promise<Uint8Array<ArrayBuffer> | null> {
  const hpke = await suite();
  try {
    const plain = await hpke.open(
      {
        recipientKey: await privateKeyOf(hpke, privateKey),
        enc: bytes(sealed.enc),
        info: utf8(info),
      },
      bytes(sealed.body),
    );
    return new Uint8Array(plain);
  } catch {
    // HPKE has one answer to everything that does not open.
    return null;
  }
}

const imported = new Map<string, Promise<CryptoKey>>();

/** Importing a key costs as much as using it, and a portal seals to the same few keys all day. */
function publicKeyOf(hpke: CipherSuite, raw: Uint8Array): Promise<CryptoKey> {
  return remember(`public ${raw.join()}`, () => hpke.kem.importKey("raw", bytes(raw), true));
}

function privateKeyOf(hpke: CipherSuite, raw: Uint8Array): Promise<CryptoKey> {
  return hpke.kem.importKey("raw", bytes(raw), false);
}

function remember(name: string, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const known = imported.get(name);
  if (known !== undefined) return known;
  if (imported.size > 500) imported.clear();
  const made = make();
  imported.set(name, made);
  made.catch(() => imported.delete(name));
  return made;
}

function bytes(value: Uint8Array): ArrayBuffer {
  return new Uint8Array(value).buffer;
}
