import { v4 as uuidv4 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { openDataKey } from "~server/secrecy/data-key";
import { fromBase64url } from "~server/secrecy/format";
import { listStaleDataKeys } from "~server/secrecy/list-stale-data-keys.server";
import { openBundle } from "~server/secrecy/open-bundle";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { readKeysFor, readSealed } from "~server/secrecy/read-sealed.server";
import { replaceDataKeys } from "~server/secrecy/replace-data-keys.server";
import { sealTip, storeSealedTip } from "~server/secrecy/seal-tip.server";
import { rewrapStaleKey } from "~server/secrecy/stale-data-key";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { openKeys, rewrapBatch, rotateKey, slotOf } from "~tests/factories/key-holders";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys, openField } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let other: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  other = await makePerson(portal, "leading-office", ["triage_officer"]);
  await holdKeys(portal, triage);
  await holdKeys(portal, other);
});

/** A narrative opened with the live epoch's key alone. */
async function readWithNewKey(tipId: string): Promise<unknown> {
  const view = await withActor(portal.db, triage, (tx) =>
    readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, triage),
  );
  const bundle = view(tipId, "narrative");
  if (bundle.state !== "sealed") return bundle.state;
  const newest = (await openKeys(portal, triage)).roleKeys.toSorted((a, b) => b.epoch - a.epoch).slice(0, 1);
  return openBundle(bundle, newest);
}

const recipients = async (tipId: string) => {
  const { rows } = await portal.db.pool.query<{ slot: string; epoch: number; part: string }>(
    `select r.slot, r.epoch, k.part from sealed_keys k join role_keys r on r.id = k.role_key_id
      where k.owner_id = $1 order by r.slot, r.epoch`,
    [tipId],
  );
  return rows;
};

/** Everything stale of a slot, sealed anew by the first officer's browser. */
async function rewrapped(slot: string, by = triage) {
  const { to, keys } = await listStaleDataKeys(portal.db, { slot, after: null, at: portal.clock.now() }, by);
  const { roleKeys } = await openKeys(portal, by);
  const done = await Promise.all(keys.map((key) => rewrapStaleKey(key, to, roleKeys)));
  return { slot, to: to.roleKeyId, keys: done.flatMap((key) => key ?? []), at: portal.clock.now() };
}

describe("re-wrapping after a rotation", () => {
  it("goes batch by batch, can be broken off and resumed, and the new key then opens every tip", async () => {
    const tips = [await sendReport(portal), await sendReport(portal), await sendReport(portal)];
    await rotateKey(portal, triage, "triage");
    const late = await sendReport(portal);
    expect(await readWithNewKey(tips[0]?.tipId ?? "")).toEqual({ state: "no_key" });
    expect((await slotOf(portal, triage, "triage")).stale).toBe(3);
    expect(await rewrapBatch(portal, triage, "triage", 1)).toEqual({ replaced: 1, left: 2 });
    expect(await rewrapBatch(portal, other, "triage")).toEqual({ replaced: 2, left: 0 });
    const looked = await portal.db.pool.query<{ actor_id: string; data: unknown }>(
      "select actor_id, data from events where action = 'keys.stale_viewed' order by seq",
    );
    expect(looked.rows).toEqual([
      { actor_id: triage.id, data: { slot: "triage", keys: 3 } },
      { actor_id: other.id, data: { slot: "triage", keys: 2 } },
    ]);
    for (const { tipId } of [...tips, late]) {
      expect(await readWithNewKey(tipId)).toMatchObject({ state: "open" });
      expect(await openField(portal, tipId, "narrative")).not.toBeNull();
      expect((await recipients(tipId)).filter(({ slot }) => slot === "triage")).toEqual([
        { slot: "triage", epoch: 2, part: "whole" },
      ]);
    }
    const { rows } = await portal.db.pool.query<{ data: { count: number } }>(
      "select data from events where action = 'keys.rewrapped' order by seq",
    );
    expect(rows.map(({ data }) => data.count)).toEqual([1, 2]);
  });

  it("done by two browsers at once replaces each data key once and loses none", async () => {
    const tips = await Promise.all([sendReport(portal), sendReport(portal), sendReport(portal)]);
    await rotateKey(portal, triage, "triage");
    const [one, two] = [await rewrapped("triage"), await rewrapped("triage", other)];
    const done = await Promise.all([
      replaceDataKeys(portal.db, one, triage),
      replaceDataKeys(portal.db, two, other),
    ]);
    expect(done[0].replaced + done[1].replaced).toBe(one.keys.length);
    for (const { tipId } of tips) expect(await readWithNewKey(tipId)).toMatchObject({ state: "open" });
    expect((await slotOf(portal, triage, "triage")).stale).toBe(0);
  });

  it("is refused when the key was replaced again meanwhile, and nothing is lost", async () => {
    const { tipId } = await sendReport(portal);
    await rotateKey(portal, triage, "triage");
    const outdated = await rewrapped("triage");
    await rotateKey(portal, other, "triage");
    expect(await refusalOf(replaceDataKeys(portal.db, outdated, triage))).toBe("key_changed");
    await rewrapBatch(portal, triage, "triage");
    expect(await readWithNewKey(tipId)).toMatchObject({ state: "open" });
  });

  it("passes over what is not stale or not of the slot", async () => {
    const { tipId } = await sendReport(portal);
    await rotateKey(portal, triage, "triage");
    const { rows } = await portal.db.pool.query<{ id: string }>(
      "select k.id from sealed_keys k join role_keys r on r.id = k.role_key_id where r.slot <> 'triage' or r.retired_at is null",
    );
    const before = rows.length;
    const batch = await rewrapped("triage");
    const [good] = batch.keys;
    if (good === undefined) throw new Error("nothing is stale");
    const foreign = rows.slice(0, 100).map(({ id }) => ({ ...good, id }));
    expect(await replaceDataKeys(portal.db, { ...batch, keys: foreign }, triage)).toMatchObject({
      replaced: 0,
    });
    expect(
      await replaceDataKeys(portal.db, { ...batch, keys: [{ ...good, id: uuidv4() }] }, triage),
    ).toMatchObject({ replaced: 0 });
    const after = await portal.db.pool.query(
      "select 1 from sealed_keys k join role_keys r on r.id = k.role_key_id where r.slot <> 'triage' or r.retired_at is null",
    );
    expect(after.rows).toHaveLength(before);
    await replaceDataKeys(portal.db, batch, triage);
    expect(await readWithNewKey(tipId)).toMatchObject({ state: "open" });
  });

  it("is a 404 for anyone but a member, and refused to a member without the key", async () => {
    const officer = await makePerson(portal, "police", ["agency_officer"]);
    const asked = { slot: "triage", after: null, at: portal.clock.now() };
    expect(await refusalOf(listStaleDataKeys(portal.db, asked, officer))).toBe("not_found");
    const batch = { slot: "triage", to: uuidv4(), keys: [], at: portal.clock.now() };
    expect(await refusalOf(replaceDataKeys(portal.db, batch, officer))).toBe("not_found");
    const keyless = await makePerson(portal, "leading-office", ["triage_officer"]);
    expect(await refusalOf(listStaleDataKeys(portal.db, asked, keyless))).toBe("key_not_held");
    const { key } = await slotOf(portal, triage, "triage");
    const toLive = { ...batch, to: key?.id ?? "" };
    expect(await refusalOf(replaceDataKeys(portal.db, toLive, keyless))).toBe("key_not_held");
  });
});

describe("re-wrapping a side of the identity vault", () => {
  it("leaves a share the share it was", async () => {
    const custodian = await makePerson(portal, "leading-office", ["identity_custodian"]);
    await holdKeys(portal, custodian, ["custodian_a"]);
    const tipId = uuidv4();
    await withActor(portal.db, systemActor("test"), async (tx) =>
      storeSealedTip(tx, sealTip(tipId, [{ field: "identity", text: "演示某某" }], await readIntakeKeys(tx))),
    );
    const share = async () => {
      const keys = await withActor(portal.db, custodian, (tx) =>
        readKeysFor(tx, { tipIds: [tipId], records: ["identity"] }, custodian),
      );
      const [key] = keys.get(`${tipId} identity`) ?? [];
      const by = (await openKeys(portal, custodian)).roleKeys.find(({ id }) => id === key?.roleKeyId);
      if (key === undefined || by === undefined) return null;
      const of = { table: "tips", id: tipId, record: "identity", part: key.part };
      const opened = await openDataKey(
        { enc: fromBase64url(key.enc), body: fromBase64url(key.body) },
        of,
        by,
      );
      return { epoch: key.epoch, part: key.part, opened: [...(opened ?? [])] };
    };
    const before = await share();
    await rotateKey(portal, custodian, "custodian_a");
    await rewrapBatch(portal, custodian, "custodian_a");
    expect(await share()).toEqual({ ...before, epoch: 2 });
    expect(before?.opened).toHaveLength(32);
    expect(await recipients(tipId)).toEqual([
      { slot: "custodian_a", epoch: 2, part: "a" },
      { slot: "custodian_b", epoch: 1, part: "b" },
    ]);
  });
});

describe("old epochs", () => {
  it("stay with their members while something is sealed to them, and go once nothing is", async () => {
    const desk = await makePerson(portal, "leading-office", ["notice_desk"]);
    await holdKeys(portal, desk);
    const tipId = uuidv4();
    await withActor(portal.db, systemActor("test"), async (tx) =>
      storeSealedTip(tx, sealTip(tipId, [{ field: "contact", text: "演示" }], await readIntakeKeys(tx))),
    );
    const epochs = async () => (await openKeys(portal, desk)).roleKeys.map(({ epoch }) => epoch);
    const wait = () => portal.clock.set(new Date(portal.clock.now().getTime() + 2 * 3_600_000));
    await rotateKey(portal, desk, "notice_desk");
    wait();
    await rotateKey(portal, desk, "notice_desk");
    expect(await epochs()).toEqual([1, 2, 3]);
    wait();
    await rewrapBatch(portal, desk, "notice_desk");
    expect(await epochs()).toEqual([3]);
    expect(await openField(portal, tipId, "contact")).toBe("演示");
  });

  it("stay with colleagues while the last of it lies in a lead the one who re-wraps is recused from", async () => {
    const { tipId, leadId } = await sendReport(portal);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, $4, now())",
      [uuidv4(), leadId, triage.id, "与被举报方负责人是亲属"],
    );
    const wait = () => portal.clock.set(new Date(portal.clock.now().getTime() + 2 * 3_600_000));
    await rotateKey(portal, triage, "triage");
    wait();
    await rewrapBatch(portal, triage, "triage");
    expect((await slotOf(portal, triage, "triage")).stale).toBe(0);
    expect((await slotOf(portal, other, "triage")).stale).toBe(1);
    await rewrapBatch(portal, other, "triage");
    const kept = await withActor(portal.db, other, (tx) =>
      readKeysFor(tx, { tipIds: [tipId], records: ["content"] }, other),
    );
    const { key } = await slotOf(portal, other, "triage");
    expect(kept.get(`${tipId} content`)).toMatchObject([{ roleKeyId: key?.id }]);
  });
});
