import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { alerts } from "~db/schema/clocks";
import { events } from "~db/schema/events";
import { routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { listAlerts } from "~server/clocks/list-alerts.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { listLate } from "~server/clocks/list-late.server";
import { readStatus } from "~server/intake/read-status.server";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { readOwnThread } from "~server/messages/read-own-thread.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { countWaitingLeads } from "~server/secrecy/list-waiting-leads.server";
import { createReceipt } from "~server/secrecy/receipt";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead, type DispatchInput } from "~server/triage/dispatch-lead.server";
import { judgeSpam } from "~server/triage/judge-spam.server";
import { moveLead, type MoveInput } from "~server/triage/move-lead.server";
import { openUpLead } from "~server/triage/open-up-lead.server";
import type { Stage } from "~server/triage/stages";
import { readLead } from "~server/triage/read-lead.server";
import { eventCount, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter, sayAsStaff } from "~tests/factories/make-thread";
import { holdKeys, openField, roleKeyOf } from "~tests/factories/office-keys";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
  await roleKeyOf(portal, "agency:jinhua.banking-regulation");
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

async function slotsOf(tipId: string, record: string): Promise<string[]> {
  const { rows } = await portal.db.pool.query<{ slot: string }>(
    `select r.slot from sealed_keys k join role_keys r on r.id = k.role_key_id
      where k.owner_id = $1 and k.record = $2 order by r.slot`,
    [tipId, record],
  );
  return rows.map(({ slot }) => slot);
}

describe("a report that concerns an agency or an official", () => {
  it("opens a lead for the leading office alone, which no body sees though it is dispatched to it", async () => {
    const { leadId, tipId } = await sendReport(portal, OFFICIAL);
    await dispatch(leadId);
    expect(await refusalOf(read(leadId, officer))).toBe("not_found");
    const page = await read(leadId, triage);
    expect(page.lead.leadingOfficeOnly).toBe(true);
    expect(page.tips[0]).toMatchObject({ concernsOfficial: true, narrative: { state: "sealed" } });
    expect(await slotsOf(tipId, "content")).toEqual(["triage"]);
  });

  it("on a lead a body holds already tells that body nothing: no tip, no count, no history, no key", async () => {
    const subject = { subjectKind: "site", name: "共同平台", sites: "shared-official.example", uscc: "" };
    const first = await sendReport(portal, { subject });
    await dispatch(first.leadId);
    const before = await read(first.leadId, officer);
    const waiting = await countWaitingLeads(portal.db, triage);
    const second = await sendReport(portal, { subject, ...OFFICIAL });
    expect(second.leadId).toBe(first.leadId);
    const seen = await read(first.leadId, officer);
    expect([seen.tipCount, seen.historyCount]).toEqual([before.tipCount, before.historyCount]);
    expect(seen.tips.map(({ id }) => id)).toEqual([first.tipId]);
    expect(await slotsOf(second.tipId, "content")).toEqual(["triage"]);
    expect(await countWaitingLeads(portal.db, triage)).toBe(waiting);
    expect((await read(first.leadId, triage)).tipCount).toBe(2);
  });

  it("stays untold on the lead when its reporter writes, reads and withdraws, and to whoever asks the trail itself", async () => {
    const subject = { subjectKind: "site", name: "共同平台乙", sites: "trail-official.example", uscc: "" };
    const first = await sendReport(portal, { subject });
    await dispatch(first.leadId);
    const before = await read(first.leadId, officer);
    const second = await reportWithReceipt(portal, { subject, ...OFFICIAL });
    expect(second.leadId).toBe(first.leadId);
    const of = { leadId: first.leadId, tipId: second.tipId };
    await sayAsReporter(portal, second.receipt, "补充一点情况。");
    await sayAsStaff(portal, of, "收到。", { actor: triage, keyring: await holdKeys(portal, triage) });
    await readOwnThread(portal, { receipt: second.receipt });
    await withdrawTip(portal, { lookupId: lookupIdOf(second.receipt) });
    const { rows: told } = await portal.db.pool.query<{ action: string; lead_id: string | null }>(
      "select action, lead_id from events where subject_id = $1 order by seq",
      [second.tipId],
    );
    expect(told.map(({ action }) => action)).toEqual([
      ...["tip.received", "message.written", "message.written", "message.read", "tip.withdrawn"],
    ]);
    expect(told.filter(({ lead_id }) => lead_id !== null)).toEqual([]);
    // Should an event of it ever bear the lead, the row itself stays hidden from the body.
    await withActor(portal.db, systemActor("test"), (tx) =>
      recordEvent(
        tx,
        {
          action: "message.written",
          subjectTable: "tips",
          subjectId: second.tipId,
          leadId: first.leadId,
          at: at(),
        },
        systemActor("test"),
      ),
    );
    const rowsFor = (actor: StaffActor) =>
      withActor(portal.db, actor, (tx) =>
        tx.select({ id: events.id }).from(events).where(eq(events.subjectId, second.tipId)),
      );
    expect(await rowsFor(officer)).toEqual([]);
    expect(await rowsFor(triage)).toHaveLength(1);
    expect(await rowsFor(auditor)).toHaveLength(6);
    expect((await read(first.leadId, officer)).historyCount).toBe(before.historyCount);
  });

  it("leaves no trace on either lead when triage moves it", async () => {
    const from = await sendReport(portal, OFFICIAL);
    const to = await sendReport(portal);
    await dispatch(to.leadId);
    const target = await read(to.leadId, triage);
    await attachTip(
      portal.db,
      portal.pack.pack,
      { tipId: from.tipId, toLeadNumber: target.lead.number, at: at() },
      triage,
    );
    expect((await read(to.leadId, officer)).tips.map(({ id }) => id)).toEqual([to.tipId]);
    expect(await eventCount(portal, to.leadId, "tip.attached")).toBe(0);
    expect((await read(from.leadId, triage)).lead.closureCode).toBe("duplicate");
  });

  it("is the leading office's alone also when it was set apart as suspected spam first", async () => {
    const receipt = createReceipt();
    await saveDraft(portal.db, { receipt, raw: reportAnswers(OFFICIAL), at: at() });
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN", suspected: "no_work" });
    const { lead } = await judgeSpam(portal, { tipId, verdict: "report", at: at() }, triage);
    expect((await read(lead?.id ?? "", triage)).lead.leadingOfficeOnly).toBe(true);
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
  const statusOf = async (receipt: string) => {
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
    await dispatch(shared.leadId);
    await moveTo(shared.leadId, "investigating", {}, officer);
    expect((await statusOf(shared.receipt)).department?.zh).toBe("金华银监分局");
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
    const urged = { leadId, agencyId: "jinhua.leading-office", note: "请抓紧办理", answerDays: 5, at: late };
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

describe("opening a lead up", () => {
  it("lets the bodies see the lead and still not the report that concerns an official", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    await openUp(leadId, 1);
    await dispatch(leadId, 2);
    const page = await read(leadId, officer);
    expect([page.tipCount, page.tips]).toEqual([0, []]);
    expect(await eventCount(portal, leadId, "lead.opened_up")).toBe(0);
    const { rows } = await portal.db.pool.query(
      "select data->>'note' as note from events where action = 'lead.opened_up' and subject_id = $1",
      [leadId],
    );
    expect(rows).toEqual([{ note: "核实后与该部门无关" }]);
  });

  it("is triage's alone, of the version seen, and of a lead that is restricted", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    expect(await refusalOf(openUp(leadId, 1, officer))).toBe("not_found");
    expect(await refusalOf(openUp(leadId, 1, auditor))).toBe("not_found");
    expect(await refusalOf(openUp(leadId, 7))).toBe("stale_lead");
    await openUp(leadId, 1);
    expect(await refusalOf(openUp(leadId, 2))).toBe("not_restricted");
  });

  it("happens once when two do it at the same time", async () => {
    const { leadId } = await sendReport(portal, OFFICIAL);
    const done = await Promise.allSettled([openUp(leadId, 1), openUp(leadId, 1)]);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("what a reporter gives of themselves", () => {
  it("is sealed: who they are to the custodians, the address for notices to the notice desk alone", async () => {
    const { tipId } = await sendReport(portal, {
      mode: { mode: "named" },
      identity: { contactName: "演示某某", idKind: "id_card", idNumber: "11010519491231002x" },
      contact: { contactPhone: "138 0000 0000" },
      notice: { noticeEmail: "news@demo.example" },
    });
    expect(await openField(portal, tipId, "contact")).toBe('{"email":"news@demo.example"}');
    expect(await slotsOf(tipId, "contact")).toEqual(["notice_desk"]);
    expect(JSON.parse((await openField(portal, tipId, "identity")) ?? "")).toEqual({
      ...{ name: "演示某某", idKind: "id_card", idNumber: "11010519491231002X" },
      ...{ phone: "138 0000 0000", email: null },
    });
    expect(await slotsOf(tipId, "identity")).toEqual(["custodian_a", "custodian_b"]);
  });

  it("an anonymous reporter leaves no identity, and an address only when they give one", async () => {
    const { tipId } = await sendReport(portal);
    expect(await openField(portal, tipId, "identity")).toBeNull();
    expect(await openField(portal, tipId, "contact")).toBeNull();
  });

  it("what only investigators need is in the sealed details and nowhere else", async () => {
    const { tipId } = await sendReport(portal, {
      relation: { relation: "employee" },
      time: { startedOn: "2024", ongoing: "no", endedOn: "2025年3月" },
      amounts: { amount: "exact", amountExact: "3千万", ownLoss: "12万5" },
      scale: { people: "exact", peopleExact: "三百多人", promisedYield: "月息２分" },
      source: { source: "workplace", prior: "yes", priorWhere: "派出所" },
    });
    const details = JSON.parse((await openField(portal, tipId, "details")) ?? "") as Record<string, string>;
    expect(details).toMatchObject({
      ...{ relation: "employee", endedOn: "2025-03", ownLossFen: "12500000", promisedYield: "月息２分" },
      ...{ source: "workplace", reportedElsewhere: "派出所" },
    });
    const { rows } = await portal.db.pool.query("select alleged_fen, people from tips where id = $1", [
      tipId,
    ]);
    expect(rows).toEqual([{ alleged_fen: "3000000000", people: 300 }]);
    for (const hidden of ["派出所", "月息"]) {
      const found = await portal.db.pool.query("select 1 from tips where tips::text like $1", [
        `%${hidden}%`,
      ]);
      expect(found.rowCount).toBe(0);
    }
  });

  it("an app store's link counts as the app, a bank card as an account, a landline as a phone", async () => {
    const { tipId } = await sendReport(portal, {
      subject: {
        subjectKind: "site",
        name: "",
        nameUnknown: "yes",
        sites: "看 https://apps.apple.com/cn/app/x/id414478124 和 hxxps://kinds[.]example/x",
      },
      "in-charge": { phonesOrAccounts: "0579-82000000\n6222 0212 3456 7890 128\n微信 wxid_abc" },
    });
    const { rows } = await portal.db.pool.query(
      "select kind, key from tip_identifiers where tip_id = $1 order by kind, key",
      [tipId],
    );
    expect(rows).toEqual([
      { kind: "account", key: "6222021234567890128" },
      { kind: "account", key: "wxidabc" },
      { kind: "app", key: "apple:id414478124" },
      { kind: "phone", key: "057982000000" },
      { kind: "site", key: "kinds.example" },
    ]);
  });
});
