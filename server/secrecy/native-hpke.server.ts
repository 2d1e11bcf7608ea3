import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { NONCE_BYTES, SUITE, bodyAad, pad, utf8, type SealedRef } from "./format";
import type { SealedTo } from "./hpke";

/**
 * The sealing half of the suite on node:crypto, byte for byte what `hpke.ts`, `sealed-body.ts` and `tip-keys.ts` make
 * (their readers are browsers, which have WebCrypto alone). It takes about a fifth of the time, and a file of a
 * hundred thousand reports seals each of them several times. Only sealing is here: the server opens nothing.
 */
const KEM_SUITE = Buffer.concat([Buffer.from("KEM"), u16(0x0020)]);
/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const HPKE_SUITE = Buffer.concat([Buffer.from("HPKE"), u16(0x0020), u16(0x0001), u16(0x0002)]);
const NOTHING = Buffer.alloc(0);
/** RFC 9180 5.1: what of the key schedule does not depend on the message, in mode_base without a PSK. */
const PSK_ID_HASH = labeledExtract(HPKE_SUITE, NOTHING, "psk_id_hash", NOTHING);

/** Seals a short secret to a public key, bound to `info` (RFC 9180, SealBase, empty AAD, first message). */
export function sealToNow(publicKey: Uint8Array, info: string, plain: Uint8Array): SealedTo {
  const ephemeral = privateKeyOf(randomBytes(32));
  const enc = publicHalf(ephemeral);
  const dh = diffieHellman({ privateKey: ephemeral, publicKey: publicKeyOf(publicKey) });
  const prk = labeledExtract(KEM_SUITE, NOTHING, "eae_prk", dh);
  const shared = labeledExpand(KEM_SUITE, prk, "shared_secret", Buffer.concat([enc, publicKey]), 32);
  const infoHash = labeledExtract(HPKE_SUITE, NOTHING, "info_hash", utf8(info));
  const context = Buffer.concat([Buffer.from([0]), PSK_ID_HASH, infoHash]);
  const secret = labeledExtract(HPKE_SUITE, shared, "secret", NOTHING);
  const cipher = createCipheriv(
    "aes-256-gcm",
    labeledExpand(HPKE_SUITE, secret, "key", context, 32),
    labeledExpand(HPKE_SUITE, secret, "base_nonce", context, 12),
  );
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { enc: new Uint8Array(enc), body: new Uint8Array(body) };
}

/** One field under its record's data key, as `sealBody`: nonce (12) ‖ ciphertext of the padded text ‖ tag (16). */
export function sealBodyNow(dataKey: Uint8Array, ref: SealedRef, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", dataKey, nonce);
  cipher.setAAD(utf8(bodyAad(ref)));
  return Buffer.concat([nonce, cipher.update(pad(utf8(text))), cipher.final(), cipher.getAuthTag()]);
}

/** The public half of `contentKeyPair` ("tip-content-keypair") or `replyKeyPair` ("tip-reply-keypair"). */
export function tipPublicKey(secret: Uint8Array, label: "tip-content-keypair" | "tip-reply-keypair"): Buffer {
  const seed = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(32), `${SUITE}|${label}`, 32));
  // RFC 9180 7.1.3, DeriveKeyPair for X25519.
  const prk = labeledExtract(KEM_SUITE, NOTHING, "dkp_prk", seed);
  return publicHalf(privateKeyOf(labeledExpand(KEM_SUITE, prk, "sk", NOTHING, 32)));
}

/** RFC 8410's fixed header around a raw X25519 public key. */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
/** X25519's base point, as a public key: what a private key makes of it is its public half (RFC 7748, section 6.1). */
const BASE_POINT = createPublicKey({
  key: Buffer.concat([SPKI, Buffer.from([9]), Buffer.alloc(31)]),
  format: "der",
  type: "spki",
});

/** By way of JWK, which is a tenth of what reading DER costs. Its `x` must be there and is not looked at. */
function privateKeyOf(raw: Buffer): KeyObject {
  const key = { kty: "OKP", crv: "X25519", d: raw.toString("base64url"), x: NO_X };
  return createPrivateKey({ key, format: "jwk" });
}

const NO_X = Buffer.alloc(32).toString("base64url");

/** Without exporting the key, which takes longer than this, and in some versions of Node never returns (as JWK). */
function publicHalf(privateKey: KeyObject): Buffer {
  return diffieHellman({ privateKey, publicKey: BASE_POINT });
}

const imported = new Map<string, KeyObject>();

/** A portal seals to the same few keys all day. */
function publicKeyOf(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString("base64");
  const known = imported.get(name);
  if (known !== undefined) return known;
  if (imported.size > 500) imported.clear();
  const made = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
  imported.set(name, made);
  return made;
}

function labeledExtract(suite: Buffer, salt: Buffer, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt.length === 0 ? Buffer.alloc(32) : salt, [Buffer.from("HPKE-v1"), suite, utf8(label), ikm]);
}

/** For up to 32 bytes: one block of HKDF-Expand. */
function labeledExpand(suite: Buffer, prk: Buffer, label: string, info: Uint8Array, length: number): Buffer {
  const parts = [u16(length), Buffer.from("HPKE-v1"), suite, utf8(label), info, Buffer.from([1])];
  return hmac(prk, parts).subarray(0, length);
}

function hmac(key: Buffer, parts: readonly Uint8Array[]): Buffer {
  // In one piece: each call into the library costs more than copying these few bytes.
  return createHmac("sha256", key).update(Buffer.concat(parts)).digest();
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
