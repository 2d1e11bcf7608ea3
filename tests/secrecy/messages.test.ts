import fc from "fast-check";
import { v4 as uuidv4 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { sealDataKey } from "~server/secrecy/data-key";
import { toBase64url } from "~server/secrecy/format";
import { makeKeyPair, type KeyPair } from "~server/secrecy/hpke";
import { MESSAGE_CHARACTERS, type MessageRef, type MessageSide } from "~server/secrecy/message-format";
import { openMessage } from "~server/secrecy/open-message";
import { sealMessage } from "~server/secrecy/seal-message";
import { makeDataKey } from "~server/secrecy/sealed-body";
import type { KeyForYou } from "~server/secrecy/sealed-view";
import { openForStaff, sealForReporter, type MessageBundle } from "~server/secrecy/staff-message";
import { contentKeyPair } from "~server/secrecy/tip-keys";

let content: KeyPair;
let reply: KeyPair;
let stranger: KeyPair;
beforeAll(async () => {
  [content, reply, stranger] = await Promise.all([makeKeyPair(), makeKeyPair(), makeKeyPair()]);
});

const ref = (over: Partial<MessageRef> = {}): MessageRef => ({
  id: uuidv4(),
  tipId: uuidv4(),
  direction: "in",
  ...over,
});
const seal = (of: MessageRef, text: string, files?: unknown[]) =>
  sealMessage(
    of,
    { text, ...(files === undefined ? {} : { files }) },
    { contentKey: content.publicKey, replyKey: reply.publicKey },
  );
type Sealed = Awaited<ReturnType<typeof seal>>;
const open = (of: MessageRef, sealed: Sealed, side: MessageSide, pair?: KeyPair) =>
  openMessage(
    of,
    { suite: sealed.suite, body: sealed.body, key: sealed[side] },
    { side, privateKey: (pair ?? (side === "content" ? content : reply)).privateKey },
  );

describe("a sealed message", () => {
  it("comes back to the letter on both sides, files and all, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 300 }).filter((text) => !/\p{Surrogate}/u.test(text)),
        fc.array(fc.jsonValue(), { maxLength: 3 }),
        fc.constantFrom("in" as const, "out" as const),
        async (text, files, direction) => {
          const of = ref({ direction });
          const sealed = await seal(of, text, files);
          const expected = JSON.parse(JSON.stringify({ text, files })) as unknown;
          expect(await open(of, sealed, "content")).toEqual(expected);
          expect(await open(of, sealed, "reply")).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("opens for no other message, tip, direction, side or key", async () => {
    const of = ref();
    const sealed = await seal(of, "甲");
    for (const side of ["content", "reply"] as const) {
      expect(await open({ ...of, id: uuidv4() }, sealed, side)).toBeNull();
      expect(await open({ ...of, tipId: uuidv4() }, sealed, side)).toBeNull();
      expect(await open({ ...of, direction: "out" }, sealed, side)).toBeNull();
      expect(await open(of, sealed, side, stranger)).toBeNull();
    }
    // The other side's key, or the other side's part.
    expect(await open(of, sealed, "content", reply)).toBeNull();
    expect(await open(of, { ...sealed, content: sealed.reply }, "content", reply)).toBeNull();
    expect(await open(of, { ...sealed, suite: "another" }, "content")).toBeNull();
  });

  it("does not open with another message's body or key in its place", async () => {
    const [one, other] = [ref(), ref()];
    const [first, second] = [await seal(one, "甲"), await seal(other, "乙")];
    expect(await open(one, { ...first, body: second.body }, "reply")).toBeNull();
    expect(await open(one, { ...first, reply: second.reply }, "reply")).toBeNull();
    expect(await open(one, second, "reply")).toBeNull();
  });

  it("never opens after any one bit of it was changed", async () => {
    const of = ref();
    const sealed = await seal(of, "乙");
    const change = (bytes: Uint8Array, at: number, bit: number) => {
      const changed = new Uint8Array(bytes);
      changed[at % bytes.length] = (changed[at % bytes.length] ?? 0) ^ (1 << bit);
      return changed;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("body", "enc", "key"),
        fc.nat(100_000),
        fc.nat(7),
        async (part, at, bit) => {
          const changed: Sealed =
            part === "body"
              ? { ...sealed, body: change(sealed.body, at, bit) }
              : part === "key"
                ? { ...sealed, reply: { ...sealed.reply, body: change(sealed.reply.body, at, bit) } }
                : { ...sealed, reply: { ...sealed.reply, enc: change(sealed.reply.enc, at, bit) } };
          // The top bit of an X25519 public key is not part of it (RFC 7748, 5); HPKE binds it all the same.
          expect(await open(of, changed, "reply")).toBeNull();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("tells its length in steps alone", async () => {
    const short = await seal(ref(), "好");
    const longer = await seal(ref(), "好".repeat(1_200));
    const longest = await seal(ref(), "好".repeat(MESSAGE_CHARACTERS));
    expect(short.body.length).toBe(4096 + 28);
    expect(longer.body.length).toBe(short.body.length);
    expect(longest.body.length).toBe(65_536 + 28);
  });
});

describe("in a staff browser", () => {
  const role = async () => {
    const pair = await makeKeyPair();
    return { id: uuidv4(), slot: "triage", epoch: 1, ...pair };
  };
  const keyFor = async (
    tipId: string,
    dataKey: Uint8Array,
    to: Awaited<ReturnType<typeof role>>,
  ): Promise<KeyForYou> => {
    const sealed = await sealDataKey(
      dataKey,
      { table: "tips", id: tipId, record: "content", part: "whole" },
      to,
    );
    return {
      roleKeyId: to.id,
      slot: to.slot,
      epoch: to.epoch,
      part: "whole",
      enc: toBase64url(sealed.enc),
      body: toBase64url(sealed.body),
    };
  };

  it("whoever opens the report reads on, and what they answer opens for the reporter", async () => {
    const tipId = uuidv4();
    const dataKey = makeDataKey();
    const triage = await role();
    const keys = [await keyFor(tipId, dataKey, triage)];
    const question: MessageRef = { id: uuidv4(), tipId, direction: "out" };
    const stored = await sealForReporter(
      { message: question, content: { text: "有合同吗？" }, keys, replyKey: toBase64url(reply.publicKey) },
      [triage],
    );
    const bundle: MessageBundle = {
      state: "sealed",
      message: question,
      suite: stored!.suite,
      body: stored!.body,
      enc: stored!.contentEnc,
      key: stored!.contentBody,
      keys,
    };
    expect(await openForStaff(bundle, [triage])).toEqual({ state: "open", content: { text: "有合同吗？" } });
    const { publicKey } = await contentKeyPair(dataKey);
    expect(publicKey).toHaveLength(32);
    // Without the report's key there is nothing to open or to seal with.
    const outsider = await role();
    expect(await openForStaff(bundle, [outsider])).toEqual({ state: "no_key" });
    expect(await openForStaff({ ...bundle, keys: [] }, [triage])).toEqual({ state: "no_key" });
    const wrong = { ...keys[0]!, roleKeyId: outsider.id };
    expect(await openForStaff({ ...bundle, keys: [wrong] }, [outsider])).toEqual({ state: "broken" });
    expect(await openForStaff({ ...bundle, body: "…" }, [triage])).toEqual({ state: "broken" });
    expect(await openForStaff({ ...bundle, suite: "another" }, [triage])).toEqual({ state: "broken" });
    expect(
      await sealForReporter(
        { message: question, content: { text: "" }, keys, replyKey: toBase64url(reply.publicKey) },
        [outsider],
      ),
    ).toBeNull();
  });
});
