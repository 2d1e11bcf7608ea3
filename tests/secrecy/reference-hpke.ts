import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";

/**
 * HPKE base mode with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, written down from RFC 9180 (sections 4.1, 5.1, 5.2)
 * on node:crypto alone, so that what the portal seals is checked against something that shares no code with it.
 */
export type ReferenceAead = { readonly id: 1 | 2; readonly keyBytes: 16 | 32 };
export const AES_128_GCM: ReferenceAead = { id: 1, keyBytes: 16 };
export const AES_256_GCM: ReferenceAead = { id: 2, keyBytes: 32 };

const KEM_SUITE = Buffer.concat([Buffer.from("KEM"), u16(0x0020)]);
const hpkeSuite = (aead: ReferenceAead) =>
  Buffer.concat([Buffer.from("HPKE"), u16(0x0020), u16(0x0001), u16(aead.id)]);

/** Section 4.1, Decap and Encap: both sides come to this from the shared Diffie–Hellman value. */
export function sharedSecret(privateKey: Buffer, peer: Buffer, enc: Buffer, recipient: Buffer): Buffer {
  const dh = diffieHellman({ privateKey: privateOf(privateKey), publicKey: publicOf(peer) });
  const prk = labeledExtract(KEM_SUITE, Buffer.alloc(0), "eae_prk", dh);
  return labeledExpand(KEM_SUITE, prk, "shared_secret", Buffer.concat([enc, recipient]), 32);
}

/** Section 5.1, KeySchedule in mode_base. */
export function keySchedule(
  secret: Buffer,
  info: Buffer,
  aead: ReferenceAead,
): { key: Buffer; nonce: Buffer } {
  const suite = hpkeSuite(aead);
  const pskId = labeledExtract(suite, Buffer.alloc(0), "psk_id_hash", Buffer.alloc(0));
  const infoHash = labeledExtract(suite, Buffer.alloc(0), "info_hash", info);
  const context = Buffer.concat([Buffer.from([0]), pskId, infoHash]);
  const prk = labeledExtract(suite, secret, "secret", Buffer.alloc(0));
  return {
    key: labeledExpand(suite, prk, "key", context, aead.keyBytes),
    nonce: labeledExpand(suite, prk, "base_nonce", context, 12),
  };
}

/** Section 5.2 at sequence number 0. */
export function sealFirst(at: { key: Buffer; nonce: Buffer }, aad: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(at.key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", at.key, at.nonce);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

export function openFirst(at: { key: Buffer; nonce: Buffer }, aad: Buffer, sealed: Buffer): Buffer {
  const cipher = createDecipheriv(at.key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", at.key, at.nonce);
  cipher.setAAD(aad);
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

export function publicKeyOf(privateKey: Buffer): Buffer {
  return createPublicKey(privateOf(privateKey)).export({ type: "spki", format: "der" }).subarray(-32);
}

function labeledExtract(suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer {
  const labeled = Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), ikm]);
  return hmac(salt.length === 0 ? Buffer.alloc(32) : salt, labeled);
}

function labeledExpand(suite: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  const labeled = Buffer.concat([u16(length), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info]);
  return hmac(prk, Buffer.concat([labeled, Buffer.from([1])])).subarray(0, length);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

/** RFC 8410's fixed headers around a raw X25519 key. */
function privateOf(raw: Buffer) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function publicOf(raw: Buffer) {
  const der = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), raw]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}
