import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { v4 as uuidv4 } from "uuid";
import { describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { createReceipt } from "~server/secrecy/receipt";
import { openDraft, sealDraft } from "~server/secrecy/seal-draft.server";
import { openValue, pad, sealValues, unpad } from "~server/secrecy/seal-value.server";
import { REPORTER } from "~server/staff-auth/actor";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
const keyring = {
  cookie: randomBytes(32),
  action: randomBytes(32),
  values: randomBytes(32),
  fingerprint: "test",
};

describe("padding", () => {
  it("hides the length in steps of 4, 16 and 64 KiB and gives the text back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
        const text = Buffer.from(bytes);
        const padded = pad(text);
        expect(unpad(padded).equals(text)).toBe(true);
        expect([4096, 16_384, 65_536, 131_072]).toContain(padded.length);
      }),
      { numRuns: 40 },
    );
    expect(pad(Buffer.alloc(1)).length).toBe(pad(Buffer.alloc(4000)).length);
  });
});

describe("a sealed value", () => {
  const write = (id: string, text: string) =>
    withActor(test.db, REPORTER, (tx) =>
      sealValues(tx, keyring, [{ ref: { table: "tips", id, field: "narrative" }, text }]),
    );
  const read = (id: string, field: "narrative" | "identity" = "narrative", with_ = keyring) =>
    withActor(test.db, REPORTER, (tx) => openValue(tx, with_, { table: "tips", id, field }));

  it("comes back to the letter, and no byte of it lies in the table", async () => {
    const id = uuidv4();
    const text = "老人们把养老钱都投进去了 🙏 unmistakable-canary";
    await write(id, text);
    expect(await read(id)).toEqual({ state: "open", text });
    const { rows } = await test.db.pool.query<{ body: Buffer }>(
      "select body from sealed_values where owner_id = $1",
      [id],
    );
    expect(rows[0]?.body.includes(Buffer.from("canary"))).toBe(false);
  });

  it("is absent where none was given", async () => {
    expect(await read(uuidv4())).toEqual({ state: "absent" });
  });

  it("does not open under another key, or moved to another row or field", async () => {
    const [id, other] = [uuidv4(), uuidv4()];
    await write(id, "甲");
    expect(await read(id, "narrative", { ...keyring, values: randomBytes(32) })).toEqual({
      state: "unreadable",
    });
    await test.owner.query(
      "insert into sealed_values select $1, owner_table, $2, field, suite, body from sealed_values where owner_id = $3",
      [uuidv4(), other, id],
    );
    expect(await read(other)).toEqual({ state: "unreadable" });
    await test.owner.query("update sealed_values set field = 'identity' where owner_id = $1", [id]);
    expect(await read(id, "identity")).toEqual({ state: "unreadable" });
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
