import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { loader as frame } from "~/routes/staff";
import { loader as people } from "~/routes/staff.people";
import { startClock } from "~server/clocks/start-clock.server";
import { withActor } from "~db/with-actor.server";
import { bringPack, readPackText } from "~server/packs/bring-pack.server";
import type { PackSource } from "~server/packs/grammar";
import { endOf } from "~server/packs/look-up-pack";
import { agreeToPack, requestPack } from "~server/packs/settle-pack.server";
import { routingFacts } from "~server/routing/facts";
import { presentDecision } from "~server/routing/present-decision";
import { routeLead } from "~server/routing/route-lead";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { assignLead } from "~server/triage/assign-lead.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { followSuccessors } from "~server/triage/follow-successors.server";
import { moveLead } from "~server/triage/move-lead.server";
import { presentLead } from "~server/triage/present-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { jinhuaSource } from "~tests/factories/changed-pack";
import { BASIS, makeDisputeCast, now, type DisputeCast } from "~tests/factories/dispute-cast";
import { eventCount, leadAt, leadRow, makePerson } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let plain: Database;
let cast: DisputeCast;
let first: StaffActor;
let second: StaffActor;
let heir: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 4 });
  cast = await makeDisputeCast(portal, plain);
  first = await makePerson(portal, "leading-office", ["administrator"]);
  second = await makePerson(portal, "leading-office", ["administrator"]);
  heir = await makePerson(portal, "financial-office", ["agency_officer"]);
});
afterAll(() => plain.pool.end());

/** Decided for a body that ceases before it is dispatched. */
let orphaned = "";
let version = 50;
/** A version of the pack, changed, that takes effect by two. */
async function bringIntoForce(change: (source: PackSource) => PackSource): Promise<void> {
  version += 1;
  const loaded = readPackText(
    JSON.stringify({ ...change(jinhuaSource()), version: `2016.${version}` }),
    "changed.json",
  );
  const at = portal.clock.now();
  const { proposalId } = await bringPack(portal.db, { ...loaded, parentId: null, at }, first);
  const shown = { proposalId, sha256: loaded.sha256, at };
  await requestPack(portal.db, { ...shown, reason: "机构改革" }, first);
  await agreeToPack(portal.db, shown, second);
  await portal.packs.refresh(portal.db);
}
const withBody = (source: PackSource, id: string, over: object): PackSource => ({
  ...source,
  agencies: source.agencies.map((one) => (one.id === id ? { ...one, ...over } : one)),
});
const succeeded = (source: PackSource, by = "financial-office") =>
  withBody(source, "banking-regulation", {
    successor: { agency: by, from: "2026-03-01", clause: "机构改革方案第五条" },
  });
const follow = () => followSuccessors({ db: plain, clock: portal.clock, packs: portal.packs });
const holds = async (leadId: string) => {
  const { rows } = await test.owner.query<{ agency_id: string; relation: string }>(
    "select agency_id, relation from lead_agencies where lead_id = $1 and to_at is null order by 1",
    [leadId],
  );
  return rows.map(({ agency_id, relation }) => `${agency_id.replace("jinhua.", "")} ${relation}`);
};
const clocksOf = async (leadId: string) => {
  const { rows } = await test.owner.query<Record<string, string | null>>(
    "select kind, started_on::text, due_on::text, ended_on::text from lead_clocks where lead_id = $1 order by 1",
    [leadId],
  );
  return rows;
};
const startHandling = (leadId: string, at: Date) =>
  withActor(plain, systemActor("test"), (tx) =>
    startClock(
      tx,
      { leadId, kind: "handle", limit: { days: 20, kind: "calendar" }, at },
      systemActor("test"),
    ),
  );

describe("what became of a body", () => {
  const ended = (over: object, day: string) => {
    const loaded = readPackText(
      JSON.stringify(withBody(jinhuaSource(), "construction", over)),
      "x.json",
    ).pack;
    return endOf(loaded, "construction", day);
  };
  const name = { name: "市建设局", en: "Construction", document: true };
  it("is read from its successor's first day, or the end of its last name", () => {
    const successor = { agency: "commerce", from: "2026-05" };
    expect(ended({ successor }, "2026-04-30")).toBeNull();
    expect(ended({ successor }, "2026-05-01")).toMatchObject({
      successor: "commerce",
      lastDay: "2026-04-30",
    });
    expect(ended({ names: [{ ...name, until: "2026" }] }, "2026-12-31")).toBeNull();
    expect(ended({ names: [{ ...name, until: "2026" }] }, "2027-01-01")).toMatchObject({
      successor: null,
      lastDay: "2026-12-31",
    });
    expect(
      ended(
        {
          names: [
            { ...name, until: "2026-02" },
            { name: "新局", en: "New" },
          ],
        },
        "2027-01-01",
      ),
    ).toBeNull();
    // Its successor still to come: it waits.
    expect(ended({ names: [{ ...name, until: "2026-02" }], successor }, "2026-03-15")).toBeNull();
  });
});

describe("a decision for a body that a later version knows no more", () => {
  it("names it as it was decided", () => {
    const { pack } = portal.packs.home();
    const facts = routingFacts.parse({ sectors: ["p2p"] });
    const decision = { ...routeLead(pack, facts), lead: ["某撤销单位"] };
    const days = { decided: "2026-03-01", today: "2026-03-02" };
    expect(presentDecision(pack, decision, facts, days)).toMatchObject({
      lead: [{ name: "某撤销单位", today: null }],
      ruledLead: [{ name: "某撤销单位", today: null }],
    });
  });
});

describe("a body that ceased", () => {
  it("leaves its open leads, with days and places, to the successor the pack names", async () => {
    const { bank } = cast;
    const led = await leadAt(portal, "investigating", [
      { agency: "financial-office", relation: "cooperating" },
      { agency: "banking-regulation", relation: "lead" },
      { agency: "police", relation: "also" },
    ]);
    const helped = await leadAt(portal, "dispatched", [
      { agency: "police", relation: "lead" },
      { agency: "banking-regulation", relation: "cooperating" },
    ]);
    const done = await leadAt(portal, "closed", [{ agency: "banking-regulation", relation: "lead" }]);
    await startHandling(led, new Date("2026-01-05T02:00:00Z"));
    const days = await clocksOf(led);
    await assignLead(plain, { leadId: led, version: null, to: "me", at: now() }, bank);
    expect(await follow()).toBe(0);
    const chosen = await leadAt(portal, "triage", []);
    await cast.dispatch(chosen, bank.agencyId);
    orphaned = await cast.disputed();
    await cast.say(orphaned, bank);
    await cast.say(orphaned, cast.market);
    await cast.decide(orphaned, { agencyIds: ["jinhua.construction"] });

    const disputed = await cast.disputed();
    await cast.say(disputed, cast.market);
    await bringIntoForce((source) => succeeded(source));
    expect(await follow()).toBe(3);
    expect(await holds(led)).toEqual(["financial-office lead", "police also"]);
    expect(await holds(helped)).toEqual(["financial-office cooperating", "police lead"]);
    expect(await holds(done)).toEqual(["banking-regulation lead"]);
    expect(await clocksOf(led)).toEqual(days);
    const page = await readLead(plain, { leadId: led, tipsPage: null, at: now() }, heir);
    expect(page.lead.stage).toBe("investigating");
    const told = page.history.find(({ action }) => action === "lead.succeeded");
    const shown = async (leadId: string) =>
      presentLead(
        portal.packs.home().pack,
        await readLead(plain, { leadId, tipsPage: null, at: now() }, heir),
      );
    const [own] = (await shown(led)).holders.filter(({ after }) => after !== null);
    expect(own).toMatchObject({ relation: "lead", after: { clause: "机构改革方案第五条" } });
    // Whom triage chose stays told: the body as it was, and who has its duties now.
    const [override] = (await shown(chosen)).confirmed?.lead ?? [];
    expect(override).toMatchObject({ name: own?.after?.name, today: own?.name });
    expect(told?.data).toMatchObject({ legalBasis: "机构改革方案第五条", agency: "jinhua.financial-office" });
    expect(await refusalOf(readLead(plain, { leadId: led, tipsPage: null, at: now() }, bank))).toBe(
      "not_found",
    );
    const { rows: assigned } = await test.owner.query(
      "select 1 from lead_assignments where lead_id = $1 and ended_at is null",
      [led],
    );
    expect(assigned).toEqual([]);
    // Once is enough, and whoever saw the lead before saves nothing.
    expect(await follow()).toBe(0);
    expect(await eventCount(portal, led, "lead.succeeded")).toBe(1);
    expect((await leadRow(portal, led)).version).toBe(2);

    // Of the dispute: the successor is heard in its place, and nobody waits for who is gone.
    expect(await refusalOf(cast.say(disputed, bank))).toBe("body_ended");
    expect(await refusalOf(cast.decide(disputed))).toBe("unheard");
    await cast.say(disputed, heir, { proposedBody: cast.market.agencyId });
    expect(await refusalOf(cast.say(disputed, heir, { seen: 1, proposedBody: cast.bank.agencyId }))).toBe(
      "unknown_agency",
    );
    await cast.decide(disputed);
  });

  it("tells its people and administrators what to do, and nobody else", async () => {
    const { bank, market } = cast;
    const load = (id: string) =>
      withActor(plain, systemActor("t"), (tx) => loadStaffActor(tx, id, "passkey"));
    expect((await load(bank.id))?.bodyEnded?.successor).toBeTruthy();
    expect((await load(market.id))?.bodyEnded).toBeUndefined();
    const shown = await call(frame, { portal, actor: await load(bank.id), url: "/staff" });
    expect((shown.field("person") as { bodyEnded: unknown }).bodyEnded).not.toBeNull();
    const page = await call(people as never, { portal, actor: first, url: "/staff/people" });
    const listed = page.field("people") as { id: string; bodyEnded: unknown }[];
    expect(listed.find(({ id }) => id === bank.id)?.bodyEnded).not.toBeNull();
    expect(listed.find(({ id }) => id === market.id)?.bodyEnded).toBeNull();
  });

  it("is given nothing new, by a dispatch, a return or an invitation", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    expect(await refusalOf(cast.move(leadId, "returned", cast.police, cast.bank.agencyId))).toBe(
      "needs_proposed_body",
    );
    await cast.move(leadId, "returned", cast.police);
    // A dispatch that names it goes to who has its duties.
    await cast.dispatch(leadId, cast.bank.agencyId);
    expect(await holds(leadId)).toContain("financial-office lead");
  });

  it("without a successor gives its lead back to triage; one that only helped is let go", async () => {
    const led = await leadAt(portal, "investigating", [
      { agency: "construction", relation: "lead" },
      { agency: "police", relation: "cooperating" },
    ]);
    const helped = await leadAt(portal, "investigating", [
      { agency: "police", relation: "lead" },
      { agency: "construction", relation: "cooperating" },
    ]);
    await startHandling(led, new Date("2026-01-05T02:00:00Z"));
    const days = await clocksOf(led);
    await bringIntoForce((source) =>
      withBody(succeeded(source), "construction", {
        names: [{ name: "市建设局", en: "Construction", document: true, until: "2026-02" }],
      }),
    );
    // An officer's move and the job at once: one after the other, whichever is first.
    const officer = await makePerson(portal, "construction", ["agency_officer"]);
    const input = {
      leadId: led,
      to: "returned" as const,
      version: 1,
      note: null,
      closureCode: null,
      at: now(),
    };
    const returned = { ...input, legalBasis: BASIS, proposedBody: "jinhua.market-regulation" };
    const [moved] = await Promise.all([refusalOf(moveLead(plain, returned, officer)), follow(), follow()]);
    expect(["accepted", "not_found", "stale_lead"]).toContain(moved);
    const { stage } = await leadRow(portal, led);
    expect(stage).toBe(moved === "accepted" ? "returned" : "triage");
    expect(await holds(led)).toEqual([]);
    expect(await holds(helped)).toEqual(["police lead"]);
    expect(await eventCount(portal, helped, "lead.body_ended")).toBe(1);
    expect((await leadRow(portal, helped)).stage).toBe("investigating");
    expect(await clocksOf(led)).toEqual(days);
    expect(await refusalOf(cast.dispatch(helped, null))).toBe("move_not_allowed");
    await cast.dispatch(led, null);
    // Where the rules still name it, the refusal says what to do, and another body may lead.
    const ruled = await leadAt(portal, "triage", []);
    const dispatchAs = async (insteadLeadBy: string | null) =>
      dispatchLead(
        plain,
        portal.pack,
        {
          ...{ leadId: ruled, version: (await leadRow(portal, ruled)).version, sector: "real_estate" },
          ...{ triage: { suspectedCrime: false, petition: false, nested: false }, at: now() },
          ...{ insteadLeadBy, reason: insteadLeadBy === null ? null : "原部门已撤销" },
        },
        cast.triage,
      );
    expect(await refusalOf(dispatchAs(null))).toBe("body_ended");
    expect(await refusalOf(dispatchAs("jinhua.construction"))).toBe("unknown_agency");
    await dispatchAs("jinhua.police");
    expect(await holds(ruled)).toEqual(["police lead"]);
    // What a dispute decided for it goes by the rules again, and waits for nobody.
    await cast.dispatch(orphaned, null);
    expect(await holds(orphaned)).toContain("financial-office lead");
  });

  it("leaves a lead of the leading office alone to the office as it is now, not to another successor", async () => {
    const kept = await leadAt(portal, "dispatched", [{ agency: "leading-office", relation: "lead" }]);
    await test.owner.query("update leads set leading_office_only = true where id = $1", [kept]);
    await bringIntoForce((source) => ({
      ...withBody(succeeded(source), "leading-office", {
        successor: { agency: "police", from: "2026-03-01" },
      }),
      leadingOffice: "financial-office",
    }));
    await follow();
    expect(await holds(kept)).toEqual(["financial-office lead"]);
    expect(await refusalOf(readLead(plain, { leadId: kept, tipsPage: null, at: now() }, cast.police))).toBe(
      "not_found",
    );
    // A plan that still names the office that has ceased: a new one goes to the office as it is now, at once.
    await bringIntoForce((source) =>
      withBody(succeeded(source), "leading-office", {
        successor: { agency: "financial-office", from: "2026-03-01" },
      }),
    );
    const another = await leadAt(portal, "triage", []);
    await test.owner.query("update leads set leading_office_only = true where id = $1", [another]);
    await cast.dispatch(another, null);
    expect(await holds(another)).toEqual(["financial-office lead"]);
  });
});
