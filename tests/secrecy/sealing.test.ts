import fc from "fast-check";
import { v4 as uuidv4 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { openDataKey, rewrapDataKey, sealDataKey } from "~server/secrecy/data-key";
import { fromBase64url, pad, toBase64url, unpad, type SealedField } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import { openDraft, sealDraft } from "~server/secrecy/seal-draft.server";
import { sealTip, storeSealedTip } from "~server/secrecy/seal-tip.server";
import { makeDataKey, openBody, sealBody } from "~server/secrecy/sealed-body";
import { joinShares, splitKey } from "~server/secrecy/split-key";
import { systemActor } from "~server/staff-auth/actor";
import { openField, openOffice } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await openOffice(portal);
});

describe("padding", () => {
  it("hides the length in steps of 4, 16 and 64 KiB and gives the text back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
        const padded = pad(bytes);
        expect(Buffer.from(unpad(padded) ?? []).equals(Buffer.from(bytes))).toBe(true);
        expect([4096, 16_384, 65_536, 131_072]).toContain(padded.length);
      }),
      { numRuns: 40 },
    );
    expect(pad(new Uint8Array(1)).length).toBe(pad(new Uint8Array(4000)).length);
  });

  it("that claims more than is there is refused", () => {
    expect(unpad(new Uint8Array([0, 0, 0, 9, 1, 2]))).toBeNull();
    expect(unpad(new Uint8Array(3))).toBeNull();
  });
});

describe("base64url", () => {
  it("carries any bytes there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect([...fromBase64url(toBase64url(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});

describe("a sealed body", () => {
  it("opens with its own key, row and field and nothing else", async () => {
    const [id, other] = [uuidv4(), uuidv4()];
    const key = makeDataKey();
    const ref = { table: "tips", id, field: "narrative" } as const;
    const body = await sealBody(key, ref, "甲");
    expect(await openBody(key, ref, body)).toBe("甲");
    expect(await openBody(makeDataKey(), ref, body)).toBeNull();
    expect(await openBody(key, { ...ref, id: other }, body)).toBeNull();
    expect(await openBody(key, { ...ref, field: "details" }, body)).toBeNull();
    expect(await openBody(key, ref, body.slice(0, -1))).toBeNull();
    expect(await openBody(key, ref, new Uint8Array(5))).toBeNull();
  });

  it("never opens after any one bit of it was changed", async () => {
    const key = makeDataKey();
    const ref = { table: "tips", id: uuidv4(), field: "narrative" } as const;
    const body = await sealBody(key, ref, "乙");
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.nat(7), async (at, bit) => {
        const changed = body.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(await openBody(key, ref, changed)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});

describe("a data key", () => {
  const of = { table: "tips", id: uuidv4(), record: "content", part: "whole" } as const;

  it("opens for the recipient and epoch it was sealed to, for its own record alone", async () => {
    const [mine, other] = [await makeKeyPair(), await makeKeyPair()];
    const key = makeDataKey();
    const to = { slot: "triage", epoch: 1 };
    const sealed = await sealDataKey(key, of, { ...to, publicKey: mine.publicKey });
    const by = { ...to, privateKey: mine.privateKey };
    expect(await openDataKey(sealed, of, by)).toEqual(key);
    expect(await openDataKey(sealed, of, { ...to, privateKey: other.privateKey })).toBeNull();
    expect(await openDataKey(sealed, of, { ...by, epoch: 2 })).toBeNull();
    expect(await openDataKey(sealed, of, { ...by, slot: "agency:jinhua.police" })).toBeNull();
    expect(await openDataKey(sealed, { ...of, record: "identity" }, by)).toBeNull();
    expect(await openDataKey(sealed, { ...of, part: "a" }, by)).toBeNull();
    expect(await openDataKey(sealed, { ...of, id: uuidv4() }, by)).toBeNull();
    expect(await openDataKey({ ...sealed, body: sealed.body.slice(0, -1) }, of, by)).toBeNull();
    expect(await openDataKey({ ...sealed, enc: sealed.enc.slice(1) }, of, by)).toBeNull();
  });

  it("handed on opens for the next recipient; who cannot open it cannot hand it on", async () => {
    const [triage, agency, stranger] = [await makeKeyPair(), await makeKeyPair(), await makeKeyPair()];
    const key = makeDataKey();
    const from = { slot: "triage", epoch: 1 };
    const to = { slot: "agency:jinhua.police", epoch: 3 };
    const sealed = await sealDataKey(key, of, { ...from, publicKey: triage.publicKey });
    const next = { ...to, publicKey: agency.publicKey };
    const handed = await rewrapDataKey(sealed, of, { ...from, privateKey: triage.privateKey }, next);
    expect(await openDataKey(handed!, of, { ...to, privateKey: agency.privateKey })).toEqual(key);
    expect(await rewrapDataKey(sealed, of, { ...from, privateKey: stranger.privateKey }, next)).toBeNull();
  });
});

describe("a key in two shares", () => {
  it("comes back from both, and one share tells nothing of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const { a, b } = splitKey(key);
        expect([...joinShares(a, b)]).toEqual([...key]);
        expect([...splitKey(key).a]).not.toEqual([...a]);
      }),
    );
    expect(() => joinShares(new Uint8Array(31), new Uint8Array(32))).toThrow();
  });
});

describe("a sealed tip", () => {
  const seal = async (parts: readonly { field: SealedField; text: string }[]) => {
    const tipId = uuidv4();
    await withActor(test.db, systemActor("test"), async (tx) =>
      storeSealedTip(tx, sealTip(tipId, parts, await readIntakeKeys(tx))),
    );
    return tipId;
  };

  it("comes back to the letter for its readers, and no byte of it lies in the tables", async () => {
    const text = "老人们把养老钱都投进去了 🙏 unmistakable-canary";
    const tipId = await seal([
      { field: "narrative", text },
      { field: "identity", text: "演示某某" },
    ]);
    expect(await openField(portal, tipId, "narrative")).toBe(text);
    expect(await openField(portal, tipId, "identity")).toBe("演示某某");
    const { rows } = await test.db.pool.query<{ body: Buffer }>(
      "select body from sealed_values where owner_id = $1",
      [tipId],
    );
    expect(rows).toHaveLength(2);
    for (const { body } of rows) expect(body.includes(Buffer.from("canary"))).toBe(false);
  });

  it("has one data key a record, sealed once to each of its readers", async () => {
    const tipId = await seal([
      { field: "narrative", text: "甲" },
      { field: "details", text: "{}" },
      { field: "identity", text: "乙" },
      { field: "contact", text: "丙" },
    ]);
    const { rows } = await test.db.pool.query(
      `select k.record, k.part, r.slot from sealed_keys k join role_keys r on r.id = k.role_key_id
        where k.owner_id = $1 order by k.record, k.part`,
      [tipId],
    );
    expect(rows).toEqual([
      { record: "contact", part: "whole", slot: "notice_desk" },
      { record: "content", part: "whole", slot: "triage" },
      { record: "identity", part: "a", slot: "custodian_a" },
      { record: "identity", part: "b", slot: "custodian_b" },
    ]);
  });

  it("is never rewritten, and its last reader is never taken away", async () => {
    const tipId = await seal([{ field: "narrative", text: "甲" }]);
    const refused = async (statement: string) =>
      test.owner.query(statement, [tipId]).then(
        () => null,
        (error: { constraint?: string }) => error.constraint,
      );
    expect(await refused("update sealed_values set body = '' where owner_id = $1")).toBe(
      "sealed_values_append_only",
    );
    expect(await refused("update sealed_keys set body = body where owner_id = $1")).toBe(
      "sealed_keys_append_only",
    );
    expect(await refused("delete from sealed_keys where owner_id = $1")).toBe("sealed_keys_reader");
  });

  it("cannot be made while a key of the office is missing", async () => {
    const none = await withActor(test.db, systemActor("test"), (tx) => readIntakeKeys(tx));
    const without = new Map([...none].filter(([slot]) => slot !== "custodian_b"));
    expect(() => sealTip(uuidv4(), [{ field: "identity", text: "x" }], without)).toThrow();
  });
});

describe("a draft", () => {
  it("opens with its own receipt and no other", () => {
    const [mine, other] = [createReceipt(), createReceipt()];
    const body = sealDraft(mine, "写到一半");
    expect(openDraft(mine, body)).toBe("写到一半");
    expect(openDraft(other, body)).toBeNull();
    body[40] = (body[40] ?? 0) ^ 1;
    expect(openDraft(mine, body)).toBeNull();
  });
});
