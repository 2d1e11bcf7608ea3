import { beforeAll, describe, expect, it } from "vitest";
import { BY_SUBSTANCE } from "~server/routing/by-substance";
import type { StaffActor } from "~server/staff-auth/actor";
import { dispatchLead, type DispatchInput } from "~server/triage/dispatch-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { eventCount, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let other: StaffActor;
let police: StaffActor;
let yiwu: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  other = await makePerson(portal, "market-regulation", ["agency_officer"]);
  police = await makePerson(portal, "police", ["agency_officer"]);
  yiwu = await makePerson(portal, "government-330782", ["agency_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
});

const dispatch = (leadId: string, actor = triage, over: Partial<DispatchInput> = {}) =>
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
    actor,
  );

const read = (leadId: string, actor: StaffActor) =>
  readLead(portal.db, { leadId, tipsPage: 1, at: portal.clock.now() }, actor);

const factsViewed = { action: "tips.facts_viewed", data: { page: 1, tips: 1 } };

/** What the trail has of a person's looking at a lead's tips. */
async function viewings(leadId: string, actor: StaffActor) {
  const { rows } = await portal.db.pool.query<{ action: string; data: unknown }>(
    `select action, data from events where action like 'tips.%' and subject_table = 'leads' and subject_id = $1
        and actor_id = $2 order by seq`,
    [leadId, actor.id],
  );
  return rows;
}

describe("确认转办", () => {
  it("gives the lead body sight of the lead only once it is confirmed, and nobody else", async () => {
    const { leadId } = await sendReport(portal);
    expect(await refusalOf(read(leadId, officer))).toBe("not_found");
    await dispatch(leadId);
    const page = await read(leadId, officer);
    expect(page.tips[0]?.narrative.state).toBe("sealed");
    expect(await viewings(leadId, officer)).toEqual([{ ...factsViewed, action: "tips.viewed" }]);
    expect(page.lead).toMatchObject({
      stage: "dispatched",
      acceptDueOn: "2026-03-23",
      handleDueOn: "2026-05-06",
    });
    expect(await refusalOf(read(leadId, other))).toBe("not_found");
  });

  it("lets a body that is only told see the facts and no narrative", async () => {
    const { leadId } = await sendReport(portal);
    await dispatch(leadId, triage, { triage: { suspectedCrime: true, petition: false, nested: false } });
    const page = await read(leadId, police);
    expect(page.tips[0]?.narrative).toEqual({ state: "not_yours" });
    expect(page.moves).toEqual([]);
    expect(await viewings(leadId, police)).toEqual([factsViewed]);
  });

  it("opens no narrative to an auditor, and records that the facts were viewed and no more", async () => {
    const { leadId } = await sendReport(portal);
    const page = await read(leadId, auditor);
    expect(page.tips[0]).toMatchObject({
      narrative: { state: "not_yours" },
      details: { state: "not_yours" },
    });
    expect(page.moves).toEqual([]);
    expect(await viewings(leadId, auditor)).toEqual([factsViewed]);
  });

  it("to another body goes to that body instead, with the reason kept", async () => {
    const { leadId } = await sendReport(portal);
    await dispatch(leadId, triage, { insteadLeadBy: "jinhua.market-regulation", reason: "登记机关在办" });
    const page = await read(leadId, other);
    expect(page.confirmed).toMatchObject({ overridden: true, reason: "登记机关在办" });
    expect(await refusalOf(read(leadId, officer))).toBe("not_found");
  });

  it.each<[string, Partial<DispatchInput>]>([
    ["unknown_sector", { sector: "casino" }],
    ["needs_reason", { insteadLeadBy: "jinhua.police" }],
    ["unknown_agency", { insteadLeadBy: "jinhua.nobody", reason: "理由" }],
    ["stale_lead", { version: 7 }],
  ])("is refused with %s and leaves the lead where it was", async (code, over) => {
    const { leadId } = await sendReport(portal);
    expect(await refusalOf(dispatch(leadId, triage, over))).toBe(code);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "new", version: 1 });
    expect(await refusalOf(read(leadId, officer))).toBe("not_found");
  });

  it("of unclear nested business is led by the office that settles it, and others cooperate until then", async () => {
    const { leadId } = await sendReport(portal, {
      territory: { registered: "330702", operating: "", occurred: "" },
    });
    const asked = { sector: BY_SUBSTANCE, alsoSectors: ["p2p", "advertising"] };
    await dispatch(leadId, triage, asked);
    const { holders, confirmed, today } = await read(leadId, triage);
    expect(holders.map(({ agencyId, relation }) => [agencyId, relation])).toEqual([
      ["jinhua.leading-office", "lead"],
      ["jinhua.banking-regulation", "cooperating"],
      ["jinhua.market-regulation", "cooperating"],
      ["jinhua.government-330702", "cooperating"],
    ]);
    // The decision stays what the rules said, and can be replayed.
    expect(confirmed).toMatchObject({
      decision: { lead: ["领导小组办公室", "金华银监分局", "市市场监管局"] },
    });
    expect(today).toBe("2026-03-02");
    // A body that cooperates sees the facts and moves nothing.
    expect(await read(leadId, officer)).toMatchObject({ moves: [], readsTips: false });
  });

  it("tells the government of the place, which sees the facts and no narrative", async () => {
    const { leadId } = await sendReport(portal, {
      territory: { registered: "330782", operating: "", occurred: "" },
    });
    expect(await refusalOf(read(leadId, yiwu))).toBe("not_found");
    await dispatch(leadId);
    const page = await read(leadId, yiwu);
    expect(page.tips[0]?.narrative).toEqual({ state: "not_yours" });
    const elsewhere = await sendReport(portal, {
      territory: { registered: "330702", operating: "", occurred: "" },
    });
    await dispatch(elsewhere.leadId);
    expect(await refusalOf(read(elsewhere.leadId, yiwu))).toBe("not_found");
  });

  it("is triage's alone: an agency does not see it, an auditor may not", async () => {
    const { leadId } = await sendReport(portal);
    expect(await refusalOf(dispatch(leadId, officer))).toBe("not_found");
    expect(await refusalOf(dispatch(leadId, auditor))).toBe("not_found");
  });

  it("by two officers at once happens once", async () => {
    const { leadId } = await sendReport(portal);
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(dispatch(leadId))));
    expect(outcomes.sort()).toEqual(["accepted", "stale_lead", "stale_lead"]);
    expect(await eventCount(portal, leadId, "lead.dispatched")).toBe(1);
  });
});
