import { beforeAll, describe, expect, it } from "vitest";
import { keepClocks } from "~server/jobs/keep-clocks.server";
import * as peopleLoader from "~/routes/staff.people";
import * as planLoader from "~/routes/staff.plan";
import * as watchLoader from "~/routes/staff.watch";
import { loader as disputeLoader } from "~/routes/staff.leads.$leadId_.dispute";
import { bringPack, readPackText } from "~server/packs/bring-pack.server";
import { agreeToPack, requestPack } from "~server/packs/settle-pack.server";
import { listAlerts } from "~server/clocks/list-alerts.server";
import { BY_SUBSTANCE } from "~server/routing/by-substance";
import type { StaffActor } from "~server/staff-auth/actor";
import { dispatchLead, type DispatchInput } from "~server/triage/dispatch-lead.server";
import { handLead } from "~server/triage/hand-lead.server";
import { presentHanding } from "~server/triage/present-handing";
import { readLeadHead } from "~server/triage/read-lead-number.server";
import { loadBoard } from "~server/triage/load-board.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { countyPack } from "~tests/factories/changed-pack";
import { makeDisputeCast, now } from "~tests/factories/dispute-cast";
import { leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  const first = await makePerson(portal, "leading-office", ["administrator"]);
  const second = await makePerson(portal, "leading-office", ["administrator"]);
  const county = countyPack() as unknown as {
    escalation: { thresholds: { kind: string; atLeast: unknown }[] };
  };
  // 1000 万元: what the city's own threshold lets pass is 重大 in the county.
  for (const threshold of county.escalation.thresholds)
    if (threshold.kind === "amount") threshold.atLeast = "1000000000";
  const loaded = readPackText(JSON.stringify(county), "county.json");
  const at = portal.clock.now();
  const { proposalId } = await bringPack(portal.db, { ...loaded, parentId: "jinhua", at }, first);
  const shown = { proposalId, sha256: loaded.sha256, at };
  await requestPack(portal.db, { ...shown, reason: "县里单独承办" }, first);
  await agreeToPack(portal.db, shown, second);
  await portal.packs.refresh(portal.db);
});

const dispatch = (leadId: string, over: Partial<DispatchInput> = {}) =>
  dispatchLead(
    portal.db,
    portal.pack,
    {
      leadId,
      version: 1,
      sector: "p2p",
      triage: { suspectedCrime: false, petition: false, nested: false },
      insteadLeadBy: null,
      reason: null,
      at: portal.clock.now(),
      ...over,
    },
    triage,
  );

const hand = (leadId: string, toPackId: string, over: { version?: number; actor?: StaffActor } = {}) =>
  handLead(
    portal.db,
    portal.pack,
    { leadId, version: over.version ?? 1, toPackId, reason: "注册地在县里", at: portal.clock.now() },
    over.actor ?? triage,
  );

const inCity = { territory: { registered: "330782", operating: "330782", occurred: "" } };
const packOf = async (leadId: string) => {
  const { rows } = await portal.db.pool.query<{ pack_id: string }>(
    "select pack_id from leads where id = $1",
    [leadId],
  );
  return rows[0]?.pack_id;
};
const liveSectors = async (leadId: string) => {
  const { rows } = await portal.db.pool.query<{ sector: string; is_primary: boolean }>(
    "select sector, is_primary from lead_sectors where lead_id = $1 and to_on is null order by is_primary desc, sector",
    [leadId],
  );
  return rows.map(({ sector, is_primary }) => (is_primary ? `*${sector}` : sector));
};
const read = (leadId: string, actor: StaffActor) =>
  readLead(portal.db, { leadId, tipsPage: null, at: portal.clock.now() }, actor);

describe("nested business", () => {
  it("keeps every sector with one primary, and decides for all of them in order", async () => {
    const { leadId } = await sendReport(portal, inCity);
    const decision = await dispatch(leadId, { sector: "advertising", alsoSectors: ["p2p", "guarantee"] });
    expect(decision.lead).toEqual(["市市场监管局", "金华银监分局", "市经信委"]);
    expect(await liveSectors(leadId)).toEqual(["*advertising", "guarantee", "p2p"]);
    const { confirmed } = await read(leadId, triage);
    expect(confirmed?.facts).toMatchObject({ sectors: ["advertising", "p2p", "guarantee"] });
    expect(
      await refusalOf(dispatch(leadId, { sector: "p2p", alsoSectors: ["fantasy"], version: 2 })),
    ).not.toBe("accepted");
  });

  it("goes to the leading office first when its substance decides nothing", async () => {
    const { leadId } = await sendReport(portal, inCity);
    const decision = await dispatch(leadId, { sector: BY_SUBSTANCE, alsoSectors: ["p2p", "asset_mgmt"] });
    expect(decision.lead[0]).toBe("领导小组办公室");
    expect(await liveSectors(leadId)).toEqual(["*unknown", "asset_mgmt", "p2p"]);
    expect((await read(leadId, triage)).confirmed?.facts).toMatchObject({ nested: true });
  });

  it("has exactly one primary sector when two officers confirm at once", async () => {
    const { leadId } = await sendReport(portal, inCity);
    const both = await Promise.all([
      refusalOf(dispatch(leadId, { sector: "advertising", alsoSectors: ["p2p"] })),
      refusalOf(dispatch(leadId, { sector: "guarantee", alsoSectors: ["p2p"] })),
    ]);
    expect(both.sort()).toEqual(["accepted", "stale_lead"]);
    expect((await liveSectors(leadId)).filter((one) => one.startsWith("*"))).toHaveLength(1);
    await expect(
      test.owner.query(
        `insert into lead_sectors (id, lead_id, sector, is_primary, from_on)
         values (gen_random_uuid(), $1, 'exchanges', true, '2026-03-02')`,
        [leadId],
      ),
    ).rejects.toMatchObject({ constraint: "lead_sectors_primary_uq" });
  });
});

describe("a lead in a portal of several packs", () => {
  it("begins in the pack nearest to its place, routed by that pack's rules", async () => {
    const { leadId } = await sendReport(portal);
    expect(await packOf(leadId)).toBe("county");
    const page = await read(leadId, triage);
    expect(page.proposed).toMatchObject({ packId: "county", decision: { lead: ["县金融办"] } });
    const { leadId: other } = await sendReport(portal, inCity);
    expect(await packOf(other)).toBe("jinhua");
    const decision = await dispatch(leadId);
    expect(decision).toMatchObject({ pack: { id: "county" }, lead: ["县金融办"] });
    expect((await read(leadId, triage)).holders).toMatchObject([{ agencyId: "county.finance" }]);
  });

  it("is handed down: the old bodies' holds end, it is routed anew, number, history and limits stay", async () => {
    const { leadId } = await sendReport(portal, inCity);
    await dispatch(leadId);
    const before = await read(leadId, officer);
    expect(await refusalOf(hand(leadId, "county", { version: 2, actor: officer }))).toBe("move_not_allowed");
    expect(await refusalOf(hand(leadId, "county"))).toBe("stale_lead");
    expect(await refusalOf(hand(leadId, "jinhua", { version: 2 }))).toBe("unknown_pack");
    expect(await refusalOf(hand(leadId, "nowhere", { version: 2 }))).toBe("unknown_pack");
    expect(await hand(leadId, "county", { version: 2 })).toEqual({ direction: "down" });

    expect(await refusalOf(read(leadId, officer))).toBe("not_found");
    const after = await read(leadId, triage);
    expect(after.holders).toEqual([]);
    expect(after.lead).toMatchObject({
      stage: "triage",
      number: before.lead.number,
      acceptDueOn: before.lead.acceptDueOn,
      handleDueOn: before.lead.handleDueOn,
    });
    expect(after.proposed).toMatchObject({ packId: "county", decision: { lead: ["县金融办"] } });
    expect(after.history.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["lead.moved", "lead.dispatched", "tip.received"]),
    );
    const county = await makePerson(portal, "police", ["agency_officer"]);
    await portal.db.pool.query("update staff set agency_id = 'county.finance' where id = $1", [county.id]);
    const there = { ...county, agencyId: "county.finance" };
    expect(await refusalOf(read(leadId, there))).toBe("not_found");
    await dispatch(leadId, { version: 3 });
    expect((await read(leadId, there)).lead.id).toBe(leadId);
    expect(await hand(leadId, "jinhua", { version: 4 })).toEqual({ direction: "up" });
    expect(await refusalOf(read(leadId, there))).toBe("not_found");
    expect((await read(leadId, triage)).proposed).toMatchObject({ packId: "jinhua" });
  });

  it("takes its card and the numbers kept by pack along, as a rebuild would", async () => {
    const { leadId } = await sendReport(portal, inCity);
    await dispatch(leadId);
    await hand(leadId, "county", { version: 2 });
    const kept = async () =>
      (
        await test.owner.query<{ row: string }>(`
          select t::text as row from (select 'card', reach, lead_id::text, pack_id, stage, 1 from lead_cards
            union all select 'count', reach, '', pack_id, stage, sum(cards)::int from
              (select * from board_counts union all select * from board_deltas) c
             group by reach, pack_id, stage having sum(cards) <> 0) t order by 1`)
      ).rows.map(({ row }) => row);
    const before = await kept();
    expect(before.some((row) => row.includes(leadId) && row.includes("county"))).toBe(true);
    await test.owner.query("select rebuild_board()");
    expect(await kept()).toEqual(before);
  });

  it("changes hands neither when it is closed or determined, nor by two at once", async () => {
    const closed = await leadAt(portal, "closed");
    expect(await refusalOf(hand(closed, "county"))).toBe("move_not_allowed");
    const determined = await leadAt(portal, "determined");
    expect(await refusalOf(hand(determined, "county"))).toBe("move_not_allowed");
    const { leadId } = await sendReport(portal, inCity);
    const both = await Promise.all([refusalOf(hand(leadId, "county")), refusalOf(hand(leadId, "county"))]);
    expect(both.sort()).toEqual(["accepted", "stale_lead"]);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "triage", version: 2 });
  });

  it("takes along a place only the old pack has a name for", async () => {
    const { leadId } = await sendReport(portal, {
      territory: { registered: "3307K1", operating: "3307K1", occurred: "" },
    });
    expect(await packOf(leadId)).toBe("jinhua");
    await hand(leadId, "county");
    const { proposed } = await read(leadId, triage);
    expect(proposed?.facts).toMatchObject({ registered: "330700" });
  });

  it("is one lead for reports of one subject from two places", async () => {
    const online = { online: { sites: "https://one-subject.example/", apps: "" } };
    const here = await sendReport(portal, { ...online });
    const there = await sendReport(portal, { ...online, ...inCity });
    expect(there.leadId).toBe(here.leadId);
    expect(await packOf(here.leadId)).toBe("county");
  });

  it("stays while its dispute is open; once decided and handed its clocks run and the new body may return it", async () => {
    const cast = await makeDisputeCast(portal, portal.db);
    const offered = async (leadId: string) =>
      presentHanding(portal.packs.all(), await readLeadHead(portal.db, leadId, triage), triage);
    const version = cast.versionOf;
    const leadId = await cast.disputed();
    expect(await refusalOf(hand(leadId, "county", { version: await version(leadId) }))).toBe("dispute_open");
    expect(await offered(leadId)).toBeNull();
    await cast.say(leadId, cast.bank);
    await cast.say(leadId, cast.market);
    const { rows: standing } = await portal.db.pool.query(
      "select 1 from clock_pauses where lead_id = $1 and to_on is null",
      [leadId],
    );
    expect(standing.length).toBeGreaterThan(0);
    await cast.decide(leadId);
    expect(await offered(leadId)).not.toBeNull();
    const handed = (to: string, at: Date) =>
      version(leadId).then((seen) =>
        handLead(
          portal.db,
          portal.pack,
          { leadId, version: seen, toPackId: to, reason: "注册地在县里", at },
          triage,
        ),
      );
    await handed("county", now());
    const { rows } = await portal.db.pool.query(
      `select c.due_on is not null as counts, exists (
         select 1 from clock_pauses p where p.clock_id = c.id and p.to_on is null) as stands
         from lead_clocks c where c.lead_id = $1 and c.ended_on is null`,
      [leadId],
    );
    expect(rows).toEqual([
      { counts: true, stands: false },
      { counts: true, stands: false },
    ]);
    await handed("jinhua", now());
    await cast.dispatch(leadId, cast.bank.agencyId);
    expect(await refusalOf(cast.move(leadId, "returned", cast.bank))).toBe("accepted");
  });

  it("is disputed and returned among the bodies of its own pack", async () => {
    const { leadId } = await sendReport(portal);
    expect(await packOf(leadId)).toBe("county");
    await dispatch(leadId);
    const words = { note: "两局均不认领", legalBasis: "方案三", proposedBody: null, closureCode: null };
    await moveLead(
      portal.db,
      { leadId, to: "disputed", version: 2, ...words, at: portal.clock.now() },
      triage,
    );
    const page = await call(disputeLoader, {
      ...{ portal, actor: triage, url: `/staff/leads/${leadId}/dispute`, params: { leadId } },
    });
    const names = (page.field("bodies") as { label: string }[]).map(({ label }) => label);
    expect(names).toEqual(["县处非办", "县金融办"]);
    expect(page.field("dispute")).toMatchObject({
      mediator: "县处非办",
      parties: [{ agencyId: "county.finance", name: "县金融办" }],
    });
    const board = await loadBoard(portal, new URLSearchParams({ open: leadId }), triage);
    expect(board.agencies.map(({ label }) => label)).toEqual(names);
  });
});

describe("重大 by the thresholds of the lead's own pack", () => {
  const amounts = { amounts: { amount: "exact", amountExact: "2000万元" } };
  const alertsOf = async (leadId: string) => {
    const { alerts } = await listAlerts(
      portal.db,
      { acknowledged: false, page: 1, pack: portal.pack.pack },
      triage,
    );
    return alerts.filter(({ lead }) => lead?.id === leadId);
  };
  const mailsOf = async (leadId: string) => {
    const { rows } = await portal.db.pool.query(
      "select 1 from staff_mails where kind = 'major' and data->>'lead' = $1 and staff_id = $2",
      [leadId, triage.id],
    );
    return rows.length;
  };

  it("is raised, alerted and mailed when a lead is handed to a pack whose threshold it meets, in that pack's figure", async () => {
    await test.owner.query("update staff set email = id || '@office.example'");
    const { leadId } = await sendReport(portal, { ...inCity, ...amounts });
    expect((await leadRow(portal, leadId)).isMajor).toBe(false);
    await hand(leadId, "county");
    expect((await leadRow(portal, leadId)).isMajor).toBe(true);
    expect((await alertsOf(leadId)).map(({ kind, figure }) => [kind, figure.kind, figure.value])).toEqual([
      ["major", "amount", "2000000000"],
    ]);
    expect(await mailsOf(leadId)).toBe(1);
  });

  it("is raised, alerted and mailed when it is dispatched past a threshold that came into force since", async () => {
    const { leadId } = await sendReport(portal, { ...inCity, ...amounts });
    // As a lead stands that came while its pack's threshold was higher.
    await test.owner.query("update leads set pack_id = 'county' where id = $1", [leadId]);
    await dispatch(leadId);
    expect((await leadRow(portal, leadId)).isMajor).toBe(true);
    expect(await alertsOf(leadId)).toHaveLength(1);
    expect(await mailsOf(leadId)).toBe(1);
  });
});

describe("a portal of several plans", () => {
  it("tells late leads and jumps by the limits of each lead's own plan, and reminds of each plan's phases", async () => {
    const at = () => portal.clock.now();
    const own = portal.packs.of("county").pack;
    const changed = { ...own, limits: { ...own.limits, escalation: { ...own.limits.escalation, after: 1 } } };
    const packs = {
      ...portal.packs,
      all: () =>
        portal.packs.all().map((one) => (one.pack.id === "county" ? { ...one, pack: changed } : one)),
    };
    const below = await sendReport(portal, {
      territory: { registered: "330702", operating: "", occurred: "" },
    });
    const above = await sendReport(portal, inCity);
    for (const { leadId } of [below, above]) await dispatch(leadId);
    expect([await packOf(below.leadId), await packOf(above.leadId)]).toEqual(["county", "jinhua"]);
    await test.owner.query("update staff set email = id || '@x.example'");
    const before = at();
    // Two working days late: the county's plan tells the office after one, the city's after five.
    await test.owner.query("update leads set accept_due_on = '2026-03-25' where id = any($1)", [
      [below.leadId, above.leadId],
    ]);
    portal.clock.set("2026-03-27T02:00:00Z");
    await keepClocks({ db: portal.db, clock: portal.clock, pack: portal.pack, packs });
    portal.clock.set(before.toISOString());
    const { rows } = await test.owner.query<{ lead: string; n: number }>(
      "select data->>'lead' as lead, count(*)::int as n from staff_mails where data->>'when' = 'escalated' and staff_id = $1 group by 1",
      [triage.id],
    );
    expect(rows.filter(({ lead }) => [below.leadId, above.leadId].includes(lead))).toEqual([
      { lead: below.leadId, n: 1 },
    ]);
  });

  it("offers the bodies of all of them to whoever invites, and each plan a page of its own", async () => {
    const administrator = await makePerson(portal, "leading-office", ["administrator"]);
    const people = await call(peopleLoader.loader as never, {
      portal,
      actor: administrator,
      url: "/staff/people",
    });
    const { agencies } = people.body as { agencies: { value: string; label: string }[] };
    const offered = agencies.filter(({ value }) => ["county.finance", "jinhua.finance"].includes(value));
    expect(offered.map(({ label }) => label.split(" · ")[0])).toEqual(["市财政局", "县金融办"]);
    expect(new Set(offered.map(({ label }) => label.split(" · ")[1])).size).toBe(2);
    const page = async (url: string) =>
      (
        await call((url.includes("plan") ? planLoader : watchLoader).loader as never, {
          portal,
          actor: triage,
          url,
        })
      ).body as { asked: { pack: string }; packs: unknown[] };
    for (const path of ["/staff/plan", "/staff/watch"]) {
      expect(await page(path)).toMatchObject({ asked: { pack: "jinhua" } });
      const county = await page(`${path}?pack=county`);
      expect([county.asked.pack, county.packs.length]).toEqual(["county", 2]);
      expect((await page(`${path}?pack=nowhere`)).asked.pack).toBe("jinhua");
    }
  });
});
