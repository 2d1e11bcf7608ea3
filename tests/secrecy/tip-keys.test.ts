import { expect, test } from "vitest";
import { sealTo, openWith } from "~server/secrecy/hpke";
import { replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import { contentKeyPair, replyKeyPair } from "~server/secrecy/tip-keys";
import { makeDataKey } from "~server/secrecy/sealed-body";
import { utf8 } from "~server/secrecy/format";

test("the same data key gives the same pair, and what is sealed to it opens with it alone", async () => {
  const dataKey = makeDataKey();
  const [one, again, other] = await Promise.all([
    contentKeyPair(dataKey),
    contentKeyPair(dataKey),
    contentKeyPair(makeDataKey()),
  ]);
  expect(Buffer.from(again.privateKey).equals(Buffer.from(one.privateKey))).toBe(true);
  const sealed = await sealTo(one.publicKey, "info", utf8("后来的话"));
  expect(await openWith(again.privateKey, "info", sealed)).toEqual(utf8("后来的话"));
  expect(await openWith(other.privateKey, "info", sealed)).toBeNull();
});

test("the reporter's pair follows from the receipt, and not from the bytes of another purpose", async () => {
  const seed = replySeedOf(createReceipt());
  const [reply, content] = await Promise.all([replyKeyPair(seed), contentKeyPair(seed)]);
  expect(Buffer.from(reply.publicKey).equals(Buffer.from(content.publicKey))).toBe(false);
  expect(reply.publicKey).toHaveLength(32);
});
