import { and, eq, inArray } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { alerts, leadClocks } from "~db/schema/clocks";
import { events } from "~db/schema/events";
import { routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { listAlerts } from "~server/clocks/list-alerts.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { listLate } from "~server/clocks/list-late.server";
import { chinaDay } from "~server/clock";
import { issueLetter } from "~server/handling/issue-letter.server";
import { readHandling } from "~server/handling/read-handling.server";
import { recordMeasure, recordOutcome } from "~server/handling/record-measure.server";
import { recordStep } from "~server/handling/record-step.server";
import { readStatus } from "~server/intake/read-status.server";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import type { StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead, type DispatchInput } from "~server/triage/dispatch-lead.server";
import { moveLead, type MoveInput } from "~server/triage/move-lead.server";
import { openUpLead } from "~server/triage/open-up-lead.server";
import type { Stage } from "~server/triage/stages";
import { readLead } from "~server/triage/read-lead.server";
import { approveTo, makeAward, makeDesk } from "~tests/factories/make-award";
import { leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { reportWithReceipt } from "~tests/factories/make-thread";
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
});

const OFFICIAL: RawAnswers = { official: { official: "yes" } };
const at = () => portal.clock.now();
const read = (leadId: string, actor: StaffActor) =>
  readLead(portal.db, { leadId, tipsPage: 1, at: at() }, actor);

const OFFICE = "领导小组办公室";
const dispatch = (leadId: string, version = 1, over: Partial<DispatchInput> = {}) =>
  dispatchLead(
    portal.db,
    portal.pack,
    {
      ...{ leadId, version, sector: "p2p", insteadLeadBy: null, reason: null, at: at() },
      triage: { suspectedCrime: false, petition: false, nested: false },
      ...over,
    },
    triage,
  );

const openUp = (leadId: string, version: number, actor = triage) =>
  openUpLead(portal.db, portal.pack, { leadId, version, reason: "核实后与该部门无关", at: at() }, actor);

describe("what the office did of a lead while it was its own alone", () => {
  it("is its own to the end: bodies that get the lead see no letter, step, measure or day of it", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    const version = async () => (await leadRow(portal, leadId)).version;
    const body = { note: null, legalBasis: null, proposedBody: null, closureCode: null };
    await dispatch(leadId);
    const accepted = { leadId, to: "investigating" as const, version: await version(), ...body, at: at() };
    await moveLead(portal.db, accepted, triage);
    const letter = (actor: StaffActor, reason: string | null = null) =>
      issueLetter(
        portal,
        {
          ...{
            leadId,
            kind: "rectify",
            recipient: "某某理财",
            legalBasis: "方案五(二)",
            reason,
            replyTo: null,
          },
          ...{ items: [{ text: "承诺保本保息", clause: null }], limit: { days: 10, kind: "working" } },
        },
        actor,
      );
    const step = (letterId: string, actor: StaffActor, kind: "served" | "review" | "closed") =>
      recordStep(
        portal.db,
        {
          ...{ leadId, letterId, kind, onDay: chinaDay(at()), result: kind === "served" ? null : "done" },
          ...{ extendDays: null, documentNumber: null, note: null, bundle: null, at: at() },
        },
        actor,
      );
    const { letterId } = await letter(triage);
    await step(letterId, triage, "served");
    const unserved = await letter(triage, "另有发现");
    const { measureId } = await recordMeasure(
      portal.db,
      {
        ...{ leadId, kind: "interview", takenOn: chinaDay(at()), legalBasis: "方案五(一)" },
        ...{ summary: "约谈有关人员", documentNumber: null, reviewOn: null, at: at() },
      },
      triage,
    );
    await openUp(leadId, await version());
    await dispatch(leadId, await version());
    await moveLead(portal.db, { ...accepted, version: await version() }, officer);
    const pages = { measures: 1, letters: 1, preservations: 1 };
    const seen = await readHandling(portal, { leadId, pages }, officer);
    expect([seen.letters.count, seen.measures.count]).toEqual([0, 0]);
    const days = (actor: StaffActor) =>
      withActor(portal.db, actor, (tx) =>
        tx
          .select({ kind: leadClocks.kind, dueOn: leadClocks.dueOn, endedOn: leadClocks.endedOn })
          .from(leadClocks)
          .where(eq(leadClocks.leadId, leadId)),
      );
    expect((await days(officer)).map(({ kind }) => kind)).not.toContain("rectify");
    expect((await days(triage)).map(({ kind }) => kind)).toContain("rectify");
    expect(await refusalOf(step(letterId, officer, "review"))).toBe("not_found");
    // The office goes on with its own, and the body's trail tells nothing of it.
    await step(letterId, triage, "review");
    await step(letterId, triage, "closed");
    await step(unserved.letterId, triage, "served");
    await recordOutcome(portal.db, { leadId, measureId, version: 1, outcome: "已核实", at: at() }, triage);
    const told = (await read(leadId, officer)).history.map(({ action }) => action);
    expect(told.filter((action) => /^(letter|measure|clock)/.test(action))).toEqual([]);
    expect((await days(officer)).map(({ kind }) => kind)).not.toContain("rectify");
    // A day that began since is told to the office alone, and no body is urged for it.
    const running = (await days(triage)).find(({ kind, endedOn }) => kind === "rectify" && endedOn === null);
    const late = new Date(Date.parse(`${running?.dueOn}T02:00:00Z`) + 2 * 86_400_000);
    await test.owner.query("update staff set email = id || '@x.example'");
    await noteDeadlines(portal.db, { now: () => late });
    const { rows: mailed } = await portal.db.pool.query<{ staff_id: string }>(
      "select staff_id from staff_mails where data->>'lead' = $1 and data->>'clock' = 'rectify'",
      [leadId],
    );
    expect(new Set(mailed.map(({ staff_id }) => staff_id))).toEqual(new Set([triage.id]));
    const list = { agencyId: null, page: 1, issuedPage: 1, at: late };
    const { late: listed, bodies } = await listLate(portal.db, list, triage);
    expect(listed.find(({ clock }) => clock === "rectify")).toMatchObject({ leadId, kept: true });
    expect(bodies.find(({ agencyId }) => agencyId === officer.agencyId)?.lateDuty ?? 0).toBe(0);
    const urged = { leadId, agencyId: officer.agencyId, clock: "rectify" as const, note: "请抓紧办理" };
    expect(await refusalOf(issueSupervision(portal.db, { ...urged, answerDays: 5, at: late }, triage))).toBe(
      "not_late",
    );
    // The body's own are its own.
    const another = await letter(officer, "本单位发现");
    await step(another.letterId, officer, "served");
    const { letters } = await readHandling(portal, { leadId, pages }, officer);
    expect(letters.rows.map(({ id }) => id)).toEqual([another.letterId]);
    expect(await refusalOf(step(another.letterId, triage, "review"))).toBe("not_your_lead");
  });
});

describe("what a report that concerns an official says of a lead that a body holds", () => {
  const said = (value: unknown) =>
    JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? String(one) : one));
  const LARGE: RawAnswers = {
    ...OFFICIAL,
    amounts: { amount: "exact", amountExact: "7777万元" },
    territory: { operating: "", registered: "330727", occurred: "" },
  };
  const heldLead = async (site: string) => {
    const subject = { subjectKind: "site", name: "共同平台丙", sites: site, uscc: "" };
    const territory = { operating: "330782", registered: "", occurred: "" };
    return { subject, ...(await sendReport(portal, { subject, territory })) };
  };
  const alertsOf = async (leadId: string) =>
    (
      await portal.db.pool.query<{ id: string; kind: string; figure: string }>(
        "select id, kind, figure from alerts where lead_id = $1",
        [leadId],
      )
    ).rows;

  it("does not mark it 重大, changes no version of it and is told on no trail; the leading office alone is alerted, once", async () => {
    const { leadId, subject } = await heldLead("major-official.example");
    await dispatch(leadId);
    const [before, row] = [await read(leadId, officer), await leadRow(portal, leadId)];
    await sendReport(portal, { subject, ...LARGE });
    const after = await read(leadId, officer);
    expect(after.historyCount).toBe(before.historyCount);
    expect(said(after)).not.toContain("7777");
    expect(await leadRow(portal, leadId)).toEqual(row);
    const [alert, ...more] = await alertsOf(leadId);
    expect([alert?.kind, alert?.figure, more]).toEqual(["major_office", "7777000000", []]);
    await sendReport(portal, { subject, ...LARGE });
    expect(await alertsOf(leadId)).toHaveLength(1);
    expect(await listAlertIds(triage)).toContain(alert?.id);
    expect(await refusalOf(listAlertIds(officer))).toBe("not_found");
    const { rows } = await portal.db.pool.query("select lead_id from events where subject_id = $1", [
      alert?.id,
    ]);
    expect(rows).toEqual([{ lead_id: null }]);
    for (const [actor, seen] of [
      [officer, 0],
      [triage, 1],
    ] as const)
      expect(
        await withActor(portal.db, actor, (tx) =>
          tx
            .select({ id: alerts.id })
            .from(alerts)
            .where(eq(alerts.id, alert?.id ?? "")),
        ),
      ).toHaveLength(seen);
  });

  it("is in no fact, place, proposal or decision by which it is routed", async () => {
    const { leadId, subject } = await heldLead("facts-official.example");
    await sendReport(portal, { subject, ...LARGE });
    const decision = await dispatch(leadId);
    expect(decision.escalate).toBe(false);
    const page = await read(leadId, officer);
    expect(page.lead.isMajor).toBe(false);
    expect(said([page.confirmed, page.proposed, page.history])).not.toMatch(/7777|330727/);
  });

  it("marks it still when the reports the body may see meet a threshold, with their figures alone", async () => {
    const { leadId, subject } = await heldLead("both-official.example");
    await dispatch(leadId);
    await sendReport(portal, { subject, ...LARGE });
    await sendReport(portal, { subject, amounts: { amount: "exact", amountExact: "6666万元" } });
    const page = await read(leadId, officer);
    expect(page.lead.isMajor).toBe(true);
    expect(said(page.history)).toContain("6666000000");
    expect(said(page.history)).not.toContain("7777");
    expect((await alertsOf(leadId)).map(({ kind }) => kind).sort()).toEqual(["major", "major_office"]);
  });

  it("does not show by its leaving: triage moves it and no version of the lead changes", async () => {
    const { leadId, subject } = await heldLead("leaving-official.example");
    await dispatch(leadId);
    const own = await sendReport(portal, { subject, ...LARGE });
    const row = await leadRow(portal, leadId);
    const away = await sendReport(portal, OFFICIAL);
    const toLeadNumber = (await read(away.leadId, triage)).lead.number;
    await attachTip(portal.db, portal.pack.pack, { tipId: own.tipId, toLeadNumber, at: at() }, triage);
    expect(await leadRow(portal, leadId)).toEqual(row);
  });

  it("is not told by its reward: the trail of its award is hidden from the body that holds the lead", async () => {
    const desk = await makeDesk(test.db);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "prepared");
    const { leadId } = award.finding;
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, $2, 'lead')",
      [leadId, officer.agencyId],
    );
    const told = async (actor: StaffActor) =>
      withActor(portal.db, actor, async (tx) => {
        const own = and(eq(events.leadId, leadId), inArray(events.subjectTable, ["awards", "reward_pools"]));
        return (await tx.select({ id: events.id }).from(events).where(own)).length;
      });
    expect([await told(officer), await told(triage)]).toEqual([2, 2]);
    await test.owner.query("alter table tips disable trigger user");
    await test.owner.query("update tips set concerns_official = true where id = $1", [award.tipId]);
    await test.owner.query("alter table tips enable trigger user");
    expect([await told(officer), await told(triage)]).toEqual([0, 2]);
  });

  it("stays with the office when its own lead is opened up: no mark, figure, event or decision from before", async () => {
    const { leadId } = await sendReport(portal, LARGE);
    expect((await leadRow(portal, leadId)).isMajor).toBe(true);
    await openUp(leadId, (await leadRow(portal, leadId)).version);
    await dispatch(leadId, (await leadRow(portal, leadId)).version);
    const page = await read(leadId, officer);
    expect(page.lead.isMajor).toBe(false);
    expect(said([page.proposed, page.confirmed, page.history])).not.toMatch(/7777|330727|major_raised/);
    const seen = await withActor(portal.db, officer, (tx) =>
      tx.select().from(routingDecisions).where(eq(routingDecisions.leadId, leadId)),
    );
    expect(said(seen)).not.toMatch(/7777|330727/);
    expect(said((await read(leadId, triage)).history)).toContain("7777");
  });
});

async function listAlertIds(actor: StaffActor): Promise<string[]> {
  const input = { acknowledged: false, page: 1, pack: portal.pack.pack };
  return (await listAlerts(portal.db, input, actor)).alerts.map(({ id }) => id);
}

describe("a lead of the leading office alone", () => {
  const moveTo = async (leadId: string, to: Stage, over: Partial<MoveInput> = {}, actor = triage) => {
    const { version } = await leadRow(portal, leadId);
    const input = {
      leadId,
      to,
      version,
      note: null,
      legalBasis: null,
      proposedBody: null,
      closureCode: null,
    };
    return moveLead(portal.db, { ...input, at: at(), ...over }, actor);
  };
  const statusOf = async (receipt: Receipt) => {
    const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
    if (status?.kind !== "tip") throw new Error("no report");
    return status;
  };
  const bodies = ({ department, timeline }: Awaited<ReturnType<typeof statusOf>>) =>
    [department, ...timeline.map((entry) => entry.department)].flatMap((one) => one?.zh ?? []);

  it("is held by that office whatever the rules say, and no other body may be named until it is opened up", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    const named = { insteadLeadBy: "jinhua.police", reason: "公安牵头" };
    expect(await refusalOf(dispatch(leadId, 1, named))).toBe("kept_to_office");
    await dispatch(leadId);
    const page = await read(leadId, triage);
    expect(page.holders.map(({ agencyId, relation }) => [agencyId, relation])).toEqual([
      ["jinhua.leading-office", "lead"],
    ]);
    await openUp(leadId, 2);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "triage" });
    expect((await read(leadId, triage)).holders).toEqual([]);
    await dispatch(leadId, 3, named);
    expect((await read(leadId, triage)).holders[0]?.agencyId).toBe("jinhua.police");
  });

  it("is carried by triage from its dispatch to its end, though the office has officers of its own", async () => {
    const own = await makePerson(portal, "leading-office", ["agency_officer"]);
    const { leadId } = await sendReport(portal, OFFICIAL);
    await dispatch(leadId);
    expect(await refusalOf(moveTo(leadId, "investigating", {}, own))).toBe("not_found");
    // There is no other body to return it to, or to dispute about it with.
    const ground = { legalBasis: "三(二)5", proposedBody: "jinhua.police" };
    for (const to of ["returned", "disputed"] as const)
      expect(await refusalOf(moveTo(leadId, to, ground))).toBe("kept_to_office");
    expect((await read(leadId, triage)).moves.map(({ to }) => to)).toEqual(["investigating"]);
    await moveTo(leadId, "investigating");
    await read(leadId, triage);
    await moveTo(leadId, "closed", { note: "查无此事", closureCode: "unsubstantiated" });
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "closed" });
  });

  it("names the leading office to its reporter, and so does a report about an official on any lead", async () => {
    const own = await reportWithReceipt(portal, OFFICIAL);
    await dispatch(own.leadId);
    expect(bodies(await statusOf(own.receipt))).toEqual([OFFICE, OFFICE]);
    const subject = { subjectKind: "site", name: "共同平台丁", sites: "status-official.example", uscc: "" };
    const shared = await reportWithReceipt(portal, { subject });
    const accusing = await reportWithReceipt(portal, { subject, ...OFFICIAL });
    // Known before anything moves: they said so themselves. Of the others none is told who will have it.
    expect(await statusOf(accusing.receipt)).toMatchObject({ official: true, department: { zh: OFFICE } });
    expect(await statusOf(shared.receipt)).toMatchObject({ official: false, department: null });
    await dispatch(shared.leadId);
    await moveTo(shared.leadId, "investigating", {}, officer);
    expect((await statusOf(shared.receipt)).department?.zh).toBe("国家金融监督管理总局金华监管分局");
    const told = await statusOf(accusing.receipt);
    expect([told.stage, new Set(bodies(told))]).toEqual(["investigating", new Set([OFFICE])]);
  });

  it("is on the office's own list when it is late, told to triage, and no body is urged for it", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    await dispatch(leadId);
    const late = new Date("2026-05-20T02:00:00Z");
    const list = (actor: StaffActor) =>
      listLate(portal.db, { agencyId: null, page: 1, issuedPage: 1, at: late }, actor);
    const row = (await list(triage)).late.find((one) => one.leadId === leadId);
    expect(row).toMatchObject({ agencyId: "jinhua.leading-office", kept: true });
    expect((await list(officer)).late.map((one) => one.leadId)).not.toContain(leadId);
    const urged = {
      leadId,
      agencyId: "jinhua.leading-office",
      clock: "accept" as const,
      note: "请抓紧办理",
      answerDays: 5,
      at: late,
    };
    expect(await refusalOf(issueSupervision(portal.db, urged, triage))).toBe("not_late");
    await test.owner.query("update staff set email = id || '@x.example'");
    await noteDeadlines(portal.db, { now: () => new Date("2026-03-24T02:00:00Z") });
    const { rows } = await portal.db.pool.query<{ staff_id: string }>(
      "select staff_id from staff_mails where kind = 'deadline' and data->>'lead' = $1",
      [leadId],
    );
    expect(rows.map(({ staff_id }) => staff_id)).toEqual([triage.id]);
  });
});
