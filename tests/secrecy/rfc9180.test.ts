import {
  Aes128Gcm,
  Aes256Gcm,
  CipherSuite,
  DhkemP521HkdfSha512,
  DhkemX25519HkdfSha256 as NativeKem,
  HkdfSha256,
  HkdfSha512,
} from "@hpke/core";
import { DhkemX25519HkdfSha256 as JavaScriptKem } from "@hpke/dhkem-x25519";
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeKeyPair, openWith, sealTo } from "~server/secrecy/hpke";
import {
  AES_128_GCM,
  AES_256_GCM,
  keySchedule,
  openFirst,
  publicKeyOf,
  sealFirst,
  sharedSecret,
} from "./reference-hpke";

const hex = (text: string) => Buffer.from(text, "hex");
const exact = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

/** RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0. */
const A11 = {
  info: hex("4f6465206f6e2061204772656369616e2055726e"),
  skEm: hex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
  enc: hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
  pkRm: hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
  skRm: hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
  sharedSecret: "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
  key: "4531685d41d65f03dc48f6b8302c05b0",
  nonce: "56d890e5accaaf011cff4b7d",
  aad: hex("436f756e742d30"),
  plain: hex("4265617574792069732074727574682c20747275746820626561757479"),
  sealed: "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
};

/** RFC 9180, appendix A.6.1: DHKEM(P-521, HKDF-SHA512), HKDF-SHA512, AES-256-GCM, base mode, sequence number 0. */
const A61 = {
  skRm: hex(
    "01462680369ae375e4b3791070a7458ed527842f6a98a79ff5e0d4cbde83c27196a3916956655523a6a2556a7af62c5cadabe2ef9da3760bb21e005202f7b2462847",
  ),
  enc: hex(
    "040138b385ca16bb0d5fa0c0665fbbd7e69e3ee29f63991d3e9b5fa740aab8900aaeed46ed73a49055758425a0ce36507c54b29cc5b85a5cee6bae0cf1c21f2731ece2013dc3fb7c8d21654bb161b463962ca19e8c654ff24c94dd2898de12051f1ed0692237fb02b2f8d1dc1c73e9b366b529eb436e98a996ee522aef863dd5739d2f29b0",
  ),
  sealed: hex("170f8beddfe949b75ef9c387e201baf4132fa7374593dfafa90768788b7b2b200aafcc6d80ea4c795a7c5b841a"),
};

describe("the vectors of RFC 9180", () => {
  it("A.1.1 come out of the reference the tests below rest on, step by step", () => {
    expect(publicKeyOf(A11.skRm)).toEqual(A11.pkRm);
    expect(publicKeyOf(A11.skEm)).toEqual(A11.enc);
    const secret = sharedSecret(A11.skRm, A11.enc, A11.enc, A11.pkRm);
    expect(secret.toString("hex")).toBe(A11.sharedSecret);
    const schedule = keySchedule(secret, A11.info, AES_128_GCM);
    expect(schedule.key.toString("hex")).toBe(A11.key);
    expect(schedule.nonce.toString("hex")).toBe(A11.nonce);
    expect(sealFirst(schedule, A11.aad, A11.plain).toString("hex")).toBe(A11.sealed);
  });

  it.each([
    ["the platform's X25519", NativeKem],
    ["JavaScript's X25519", JavaScriptKem],
  ])("A.1.1 open with %s", async (_name, Kem) => {
    const suite = new CipherSuite({ kem: new Kem(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
    const recipient = await suite.createRecipientContext({
      recipientKey: await suite.kem.importKey("raw", exact(A11.skRm), false),
      enc: exact(A11.enc),
      info: exact(A11.info),
    });
    expect(Buffer.from(await recipient.open(exact(hex(A11.sealed)), exact(A11.aad)))).toEqual(A11.plain);
  });

  it("A.6.1 open with AES-256-GCM", async () => {
    const suite = new CipherSuite({
      kem: new DhkemP521HkdfSha512(),
      kdf: new HkdfSha512(),
      aead: new Aes256Gcm(),
    });
    const recipient = await suite.createRecipientContext({
      recipientKey: await suite.kem.importKey("raw", exact(A61.skRm), false),
      enc: exact(A61.enc),
      info: exact(A11.info),
    });
    expect(Buffer.from(await recipient.open(exact(A61.sealed), exact(A11.aad)))).toEqual(A11.plain);
  });
});

describe("what the portal seals", () => {
  it("is opened by the reference, and opens what the reference sealed", async () => {
    const pair = await makeKeyPair();
    const [secretKey, publicKey] = [Buffer.from(pair.privateKey), Buffer.from(pair.publicKey)];
    expect(publicKeyOf(secretKey)).toEqual(publicKey);
    const plain = randomBytes(32);
    const sealed = await sealTo(pair.publicKey, "somebody|1", plain);
    const enc = Buffer.from(sealed.enc);
    const info = Buffer.from("somebody|1");
    const theirs = keySchedule(sharedSecret(secretKey, enc, enc, publicKey), info, AES_256_GCM);
    expect(openFirst(theirs, Buffer.alloc(0), Buffer.from(sealed.body))).toEqual(plain);

    const ephemeral = randomBytes(32);
    const sent = publicKeyOf(ephemeral);
    const ours = keySchedule(sharedSecret(ephemeral, publicKey, sent, publicKey), info, AES_256_GCM);
    const body = new Uint8Array(sealFirst(ours, Buffer.alloc(0), plain));
    const opened = await openWith(pair.privateKey, "somebody|1", { enc: new Uint8Array(sent), body });
    expect(Buffer.from(opened ?? [])).toEqual(plain);
    expect(await openWith(pair.privateKey, "somebody|2", { enc: new Uint8Array(sent), body })).toBeNull();
  });
});
