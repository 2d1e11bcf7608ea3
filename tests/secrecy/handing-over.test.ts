import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { action as endpoint, loader as endpointPage } from "~/routes/staff.handover_.keys";
import { loader as page } from "~/routes/staff.handover";
import { settleKeyWaits } from "~server/jobs/keep-board.server";
import { handOver, type HandedOver } from "~server/secrecy/hand-over";
import { HANDOVER_BATCH, listKeysToHandOver, storeHandedOver } from "~server/secrecy/hand-over-keys.server";
import {
  countWaitingLeads,
  listWaitingLeads,
  readWaitingOf,
} from "~server/secrecy/list-waiting-leads.server";
import { openBundle } from "~server/secrecy/open-bundle";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys, strangersKey } from "~tests/factories/office-keys";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let triageKeys: OpenKeyring;
let officer: StaffActor;
let officerKeys: OpenKeyring;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  triageKeys = await holdKeys(portal, triage);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  officerKeys = await holdKeys(portal, officer);
});

beforeEach(async () => {
  // Each rule begins with nothing waiting.
  await handAll();
});

const at = () => portal.clock.now();

async function dispatch(leadId: string, insteadLeadBy: string | null = null): Promise<void> {
  const { rows } = await test.db.pool.query<{ version: number }>("select version from leads where id = $1", [
    leadId,
  ]);
  await dispatchLead(
    portal.db,
    portal.pack,
    {
      leadId,
      version: rows[0]?.version ?? 0,
      sector: "p2p",
      triage: { suspectedCrime: false, petition: false, nested: false },
      insteadLeadBy,
      reason: insteadLeadBy === null ? null : "由该部门牵头更合适。",
      at: at(),
    },
    triage,
  );
}

async function dispatched(): Promise<{ tipId: string; leadId: string }> {
  const sent = await sendReport(portal);
  await dispatch(sent.leadId);
  return sent;
}

/** What triage's browser does. */
async function sealWaiting(leadIds: readonly string[] | null): Promise<HandedOver[]> {
  const { keys } = await listKeysToHandOver(portal.db, { leadIds, at: at() }, triage);
  const sealed = await Promise.all(keys.map((key) => handOver(key, triageKeys.roleKeys)));
  return sealed.filter((key) => key !== null);
}

async function handAll(): Promise<number> {
  const keys = await sealWaiting(null);
  return keys.length === 0 ? 0 : (await storeHandedOver(portal.db, { keys, at: at() }, triage)).stored;
}

async function readAs(actor: StaffActor, keyring: OpenKeyring, leadId: string): Promise<string[]> {
  const { tips } = await readLead(portal.db, { leadId, tipsPage: 1, at: at() }, actor);
  const states: string[] = [];
  for (const { narrative } of tips) {
    const shown = narrative.state === "sealed" ? await openBundle(narrative, keyring.roleKeys) : narrative;
    states.push(shown.state);
  }
  return states;
}

const post = (json: unknown, actor = triage) =>
  call(endpoint, { portal, actor, url: "/staff/handover/keys", json });

describe("what may wait for a key", () => {
  const noted = async () =>
    (await test.owner.query<{ tip_id: string }>("select tip_id from key_waits order by 1")).rows.map(
      ({ tip_id }) => tip_id,
    );

  it("is noted, and forgotten once nothing of it waits, without losing what does", async () => {
    const [{ tipId: handed }, { tipId: waiting }] = [await dispatched(), await dispatched()];
    const keys = (await sealWaiting(null)).filter(({ tipId }) => tipId === handed);
    await storeHandedOver(portal.db, { keys, at: at() }, triage);
    expect(await noted()).toEqual(expect.arrayContaining([handed, waiting]));
    await settleKeyWaits(portal.db);
    const left = await noted();
    expect(left).toEqual([waiting]);
    await test.owner.query("select rebuild_key_waits()");
    expect(await noted()).toEqual(left);
    expect(await countWaitingLeads(portal.db, triage)).toBe(1);
  });

  it("is noted for every lead of a body when the body's key is replaced by a new one", async () => {
    const { tipId } = await dispatched();
    await handAll();
    await settleKeyWaits(portal.db);
    expect(await noted()).toEqual([]);
    const slot = `agency:${officer.agencyId}`;
    const client = await test.owner.connect();
    try {
      await client.query("begin");
      await client.query("update role_keys set retired_at = now() where slot = $1 and retired_at is null", [
        slot,
      ]);
      await client.query(
        `insert into role_keys (id, slot, epoch, public_key)
         select gen_random_uuid(), $1, max(epoch) + 1, sha256('next') from role_keys where slot = $1`,
        [slot],
      );
      const { rows } = await client.query<{ tip_id: string }>("select tip_id from key_waits");
      expect(rows.map((row) => row.tip_id)).toContain(tipId);
      // Who takes a key or a lead at this moment is not seen yet: nothing is dropped under them.
      expect(await settleKeyWaits(portal.db)).toBe(0);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});

describe("after 转办", () => {
  it("the body reads the content once triage's browser has handed its key over, not before", async () => {
    const { leadId } = await dispatched();
    expect(await readAs(officer, officerKeys, leadId)).toEqual(["no_key"]);
    expect(await readWaitingOf(portal.db, leadId, triage)).toMatchObject({ tips: 1, keyless: [] });
    expect(await handAll()).toBe(1);
    expect(await readAs(officer, officerKeys, leadId)).toEqual(["open"]);
    expect(await readWaitingOf(portal.db, leadId, triage)).toMatchObject({ tips: 0, bodies: [] });
    const { rows } = await test.db.pool.query(
      "select data from events where action = 'keys.handed_over' and subject_id = $1",
      [leadId],
    );
    expect(rows).toEqual([{ data: { tips: 1 } }]);
  });

  it("a tip attached to the lead later waits as well", async () => {
    const { leadId } = await dispatched();
    await handAll();
    const late = await sendReport(portal);
    const { rows } = await test.db.pool.query<{ number: string }>("select number from leads where id = $1", [
      leadId,
    ]);
    await attachTip(
      portal.db,
      portal.pack.pack,
      { tipId: late.tipId, toLeadNumber: Number(rows[0]?.number), at: at() },
      triage,
    );
    expect(await listWaitingLeads(portal.db, { page: 1, at: at() }, triage)).toMatchObject({
      total: 1,
      leads: [{ id: leadId, tips: 1, keys: 1 }],
    });
    expect(await readAs(officer, officerKeys, leadId)).toEqual(["open", "no_key"]);
    await handAll();
    expect(await readAs(officer, officerKeys, leadId)).toEqual(["open", "open"]);
  });

  it("is looked through on record: the list of leads, and each batch of keys, counted and without content", async () => {
    const [one, two] = [await dispatched(), await dispatched()];
    const seen = async (action: string) =>
      (
        await test.db.pool.query<{ subject: string; data: unknown }>(
          `select subject_id as subject, data from events where action = $1 and actor_id = $2
            order by seq desc limit 1`,
          [action, triage.id],
        )
      ).rows[0];
    const { leads } = await listWaitingLeads(portal.db, { page: 1, at: at() }, triage);
    expect(leads.length).toBeGreaterThanOrEqual(2);
    const tips = leads.reduce((sum, lead) => sum + lead.tips, 0);
    expect(await seen("leads.handover_viewed")).toEqual({
      subject: "waiting",
      data: { page: 1, leads: leads.length, tips },
    });
    await sealWaiting([one.leadId]);
    expect(await seen("keys.handover_viewed")).toEqual({
      subject: one.leadId,
      data: { keys: 1, tips: 1, leads: 1 },
    });
    await sealWaiting([one.leadId, two.leadId]);
    expect(await seen("keys.handover_viewed")).toEqual({
      subject: "waiting",
      data: { keys: 2, tips: 2, leads: 2 },
    });
    await handAll();
  });

  it("a lead routed anew waits for its new body, and the former one is served nothing", async () => {
    const { leadId } = await dispatched();
    await handAll();
    await test.owner.query("update leads set stage = 'triage', version = version + 1 where id = $1", [
      leadId,
    ]);
    await dispatch(leadId, "jinhua.market-regulation");
    const next = await makePerson(portal, "market-regulation", ["agency_officer"]);
    const nextKeys = await holdKeys(portal, next);
    expect(await refusalOf(readLead(portal.db, { leadId, tipsPage: 1, at: at() }, officer))).toBe(
      "not_found",
    );
    expect(await readAs(next, nextKeys, leadId)).toEqual(["no_key"]);
    expect(await handAll()).toBe(1);
    expect(await readAs(next, nextKeys, leadId)).toEqual(["open"]);
  });

  it("a body whose officers have no key is named as such, and nothing waits for it until it has one", async () => {
    const { leadId } = await sendReport(portal);
    const keyless = await makePerson(portal, "police", ["agency_officer"]);
    await dispatch(leadId, "jinhua.police");
    const { rows } = await test.db.pool.query<{ name: string }>(
      "select name from agencies where id = 'jinhua.police'",
    );
    const name = rows[0]?.name;
    expect(await readWaitingOf(portal.db, leadId, triage)).toEqual({ tips: 0, bodies: [], keyless: [name] });
    expect((await listWaitingLeads(portal.db, { page: 1, at: at() }, triage)).keyless).toMatchObject([
      { name, leads: 1 },
    ]);
    const keys = await holdKeys(portal, keyless);
    expect(await readWaitingOf(portal.db, leadId, triage)).toEqual({ tips: 1, bodies: [name], keyless: [] });
    await handAll();
    expect(await readAs(keyless, keys, leadId)).toEqual(["open"]);
  });

  it("a lead kept to the leading office never waits", async () => {
    const { leadId } = await dispatched();
    await test.owner.query("update leads set leading_office_only = true where id = $1", [leadId]);
    expect(await countWaitingLeads(portal.db, triage)).toBe(0);
    expect(await sealWaiting([leadId])).toEqual([]);
  });
});

describe("handing keys over", () => {
  it("by two officers at once keeps each key once", async () => {
    const { leadId, tipId } = await dispatched();
    const other = await makePerson(portal, "leading-office", ["triage_officer"]);
    const [one, two] = [await sealWaiting([leadId]), await sealWaiting([leadId])];
    const stored = await Promise.all([
      storeHandedOver(portal.db, { keys: one, at: at() }, triage),
      storeHandedOver(portal.db, { keys: two, at: at() }, other),
    ]);
    expect(stored.map((answer) => answer.stored).sort()).toEqual([0, 1]);
    const { rows } = await test.db.pool.query(
      `select 1 from sealed_keys k join role_keys r on r.id = k.role_key_id
        where k.owner_id = $1 and r.slot like 'agency:%'`,
      [tipId],
    );
    expect(rows).toHaveLength(1);
    expect(await readAs(officer, officerKeys, leadId)).toEqual(["open"]);
  });

  it("takes a key sent twice in one request once, and one sent again not at all", async () => {
    const { leadId } = await dispatched();
    const [key] = await sealWaiting([leadId]);
    const keys = [key!, key!];
    expect(await storeHandedOver(portal.db, { keys, at: at() }, triage)).toEqual({ stored: 1 });
    expect(await storeHandedOver(portal.db, { keys, at: at() }, triage)).toEqual({ stored: 0 });
  });

  it("takes none for a body that does not hold the lead, nor for a tip or key that is not there", async () => {
    const { leadId, tipId } = await sendReport(portal);
    const holder = officerKeys.roleKeys.find(({ slot }) => slot.startsWith("agency:"));
    const made = { enc: "A".repeat(43), body: "A".repeat(64) };
    const nobody = "00000000-0000-4000-8000-000000000000";
    for (const named of [
      { tipId, roleKeyId: holder!.id },
      { tipId: nobody, roleKeyId: holder!.id },
      { tipId, roleKeyId: nobody },
    ]) {
      expect((await post({ step: "store", keys: [{ ...named, ...made }] })).body).toEqual({ stored: 0 });
    }
    // Between sealing and keeping, the holding ended: the key is not taken any more.
    await dispatch(leadId);
    const keys = await sealWaiting([leadId]);
    await test.owner.query("update lead_agencies set to_at = now() where lead_id = $1", [leadId]);
    expect((await post({ step: "store", keys })).body).toEqual({ stored: 0 });
  });

  it("goes past keys this officer cannot open, instead of asking for them again and again", async () => {
    const { leadId } = await dispatched();
    const fresh = await makePerson(portal, "leading-office", ["triage_officer"]);
    const first = await listKeysToHandOver(portal.db, { leadIds: [leadId], at: at() }, fresh);
    expect(first).toEqual({ keys: [], waiting: 1, unheld: 1 });
    const next = await listKeysToHandOver(
      portal.db,
      { leadIds: [leadId], skip: first.unheld, at: at() },
      fresh,
    );
    expect(next).toEqual({ keys: [], waiting: 1, unheld: 0 });
  });

  it("by somebody who cannot open the key seals nothing", async () => {
    const { leadId } = await dispatched();
    const { keys } = await listKeysToHandOver(portal.db, { leadIds: [leadId], at: at() }, triage);
    const { privateKey } = await strangersKey();
    const forged = triageKeys.roleKeys.map((key) => ({ ...key, privateKey }));
    expect(await handOver(keys[0]!, forged)).toBeNull();
  });

  it.each<[string, unknown]>([
    ["no JSON", "…"],
    ["an unknown step", { step: "dance" }],
    ["no leads at all", { step: "list", leadIds: [] }],
    ["too many leads", { step: "list", leadIds: Array(101).fill("00000000-0000-4000-8000-000000000000") }],
    ["a lead that is no id", { step: "list", leadIds: ["1 or 1=1"] }],
    ["an enc of the wrong length", handed({ enc: "A".repeat(42) })],
    ["a body of the wrong length", handed({ body: "A".repeat(65) })],
    ["an enc that is no base64url", handed({ enc: `${"A".repeat(42)}+` })],
    ["a foreign field", handed({ record: "identity" })],
    ["a tip that is no id", handed({ tipId: "x" })],
    ["too many keys", { step: "store", keys: Array(HANDOVER_BATCH + 1).fill(handed({}).keys[0]) }],
  ])("refuses %s with 400 and keeps nothing", async (_what, json) => {
    const before = await test.db.pool.query("select count(*)::int as n from sealed_keys");
    expect((await post(json)).status).toBe(400);
    expect((await test.db.pool.query("select count(*)::int as n from sealed_keys")).rows).toEqual(
      before.rows,
    );
  });

  it("is triage's work alone: a 404 for anyone else, and nothing to look at", async () => {
    for (const role of ["auditor", "agency_officer", "administrator", "identity_custodian"] as const) {
      const actor = await makePerson(portal, "leading-office", [role]);
      expect((await post({ step: "list", leadIds: null }, actor)).status).toBe(404);
      expect((await post(handed({}), actor)).status).toBe(404);
      expect((await call(page, { portal, actor, url: "/staff/handover" })).status).toBe(404);
      expect(await refusalOf(countWaitingLeads(portal.db, actor))).toBe("not_found");
      expect(await refusalOf(readWaitingOf(portal.db, "x", actor))).toBe("not_found");
    }
    expect((await call(endpointPage, { portal, actor: triage, url: "/staff/handover/keys" })).status).toBe(
      404,
    );
  });

  it("lists leads dispatched longest ago first", async () => {
    const [one, two] = [await dispatched(), await dispatched()];
    await test.owner.query("update leads set dispatched_at = '2026-02-01' where id = $1", [two.leadId]);
    const listed = await call(page, { portal, actor: triage, url: "/staff/handover" });
    expect(listed.body).toMatchObject({ total: 2, leads: [{ id: two.leadId }, { id: one.leadId }] });
  });
});

function handed(over: Record<string, string>) {
  const key = {
    tipId: "00000000-0000-4000-8000-000000000000",
    roleKeyId: "00000000-0000-4000-8000-000000000000",
    enc: "A".repeat(43),
    body: "A".repeat(64),
  };
  return { step: "store", keys: [{ ...key, ...over }] };
}
