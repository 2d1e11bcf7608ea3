import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { makeKeyPair, openWith } from "~server/secrecy/hpke";
import { sealBodyNow, sealToNow, tipPublicKey } from "~server/secrecy/native-hpke.server";
import { createReceipt } from "~server/secrecy/receipt";
import { makeDataKey, openBody } from "~server/secrecy/sealed-body";
import { contentKeyPair, replyKeyPair } from "~server/secrecy/tip-keys";
import { keySchedule, openFirst, sharedSecret, AES_256_GCM } from "./reference-hpke";

describe("what the server seals", () => {
  it("opens with the key it was sealed to, by the library browsers use and by RFC 9180 written down apart", async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const to = await makeKeyPair();
      const plain = new Uint8Array(randomBytes(32));
      const sealed = sealToNow(to.publicKey, "who | what", plain);
      expect(await openWith(to.privateKey, "who | what", sealed)).toEqual(plain);
      const [enc, key] = [Buffer.from(sealed.enc), Buffer.from(to.privateKey)];
      const secret = sharedSecret(key, enc, enc, Buffer.from(to.publicKey));
      const at = keySchedule(secret, Buffer.from("who | what"), AES_256_GCM);
      expect(openFirst(at, Buffer.alloc(0), Buffer.from(sealed.body))).toEqual(Buffer.from(plain));
    }
  });

  it("opens for nobody else, under no other name, and not when a byte is changed", async () => {
    const [to, other] = [await makeKeyPair(), await makeKeyPair()];
    const sealed = sealToNow(to.publicKey, "a", new Uint8Array(32));
    expect(await openWith(other.privateKey, "a", sealed)).toBeNull();
    expect(await openWith(to.privateKey, "b", sealed)).toBeNull();
    const body = sealed.body.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    expect(await openWith(to.privateKey, "a", { enc: sealed.enc, body })).toBeNull();
    // Each sealing has a key of its own.
    expect(sealToNow(to.publicKey, "a", new Uint8Array(32)).enc).not.toEqual(sealed.enc);
  });

  it("seals a field as a browser opens it, bound to its row and name", async () => {
    const key = makeDataKey();
    const ref = { table: "tips", id: "3f2a", field: "narrative" } as const;
    const body = sealBodyNow(key, ref, "情况说明");
    expect(await openBody(key, ref, body)).toBe("情况说明");
    expect(await openBody(key, { ...ref, field: "details" }, body)).toBeNull();
    expect(body.length).toBe(12 + 4096 + 16);
  });

  it("has the same public keys of a tip as whoever opens it derives", async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const secret = lookupIdOf(createReceipt());
      expect(tipPublicKey(secret, "tip-content-keypair")).toEqual(
        Buffer.from((await contentKeyPair(secret)).publicKey),
      );
      expect(tipPublicKey(secret, "tip-reply-keypair")).toEqual(
        Buffer.from((await replyKeyPair(secret)).publicKey),
      );
    }
  });
});
