import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { information as informationEn } from "~/i18n/en/information";
import { reportQuestions as questionsEn } from "~/i18n/en/report-questions";
import { information as informationZh } from "~/i18n/zh-CN/information";
import { reportQuestions as questionsZh } from "~/i18n/zh-CN/report-questions";
import { staffLead } from "~/i18n/zh-CN/staff-lead";
import { events } from "~db/schema/events";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { readOwnThread } from "~server/messages/read-own-thread.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { countWaitingLeads } from "~server/secrecy/list-waiting-leads.server";
import { createReceipt } from "~server/secrecy/receipt";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { judgeSpam } from "~server/triage/judge-spam.server";
import { openUpLead } from "~server/triage/open-up-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { eventCount, makePerson, sendReport } from "~tests/factories/make-lead";
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

const dispatch = (leadId: string, version = 1) =>
  dispatchLead(
    portal.db,
    portal.pack,
    {
      ...{ leadId, version, sector: "p2p", insteadLeadBy: null, reason: null, at: at() },
      triage: { suspectedCrime: false, petition: false, nested: false },
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

  it("is read in its unsealed parts by auditors, and once confirmed by finance for its reward, as the portal says", async () => {
    const { leadId, tipId } = await sendReport(portal, OFFICIAL);
    const finance = await makePerson(portal, "finance", ["finance_preparer"]);
    const seenBy = (actor: StaffActor) =>
      withActor(portal.db, actor, (tx) =>
        tx.select({ name: tips.subjectName }).from(tips).where(eq(tips.id, tipId)),
      );
    const [seen] = (await read(leadId, auditor)).tips;
    expect(seen).toMatchObject({ id: tipId, concernsOfficial: true });
    expect(await seenBy(auditor)).toHaveLength(1);
    expect([await seenBy(officer), await seenBy(finance)]).toEqual([[], []]);
    const verifier = await makePerson(portal, "leading-office", ["agency_verifier"]);
    await test.owner.query(
      `insert into findings (id, lead_id, version, status, entity_class, decision_number, decided_on, is_final,
         recorded_by, verified_by, verified_at)
       values (gen_random_uuid(), $1, 1, 'verified', 'ban', '金整办决〔2026〕7号', '2026-03-01', true, $2, $3, now())`,
      [leadId, triage.id, verifier.id],
    );
    expect([(await seenBy(finance)).length, (await seenBy(officer)).length]).toEqual([1, 0]);
    // The account is sealed to triage alone: an auditor holds no key to it.
    expect(await slotsOf(tipId, "content")).toEqual(["triage"]);
    for (const [words, auditors] of [
      [informationZh.privacy.who.official, "审计人员"],
      [questionsZh.options.officialHelp, "审计人员"],
      [staffLead.restricted, "审计人员"],
      [informationEn.privacy.who.official, "Auditors"],
      [questionsEn.options.officialHelp, "Auditors"],
    ] as const)
      expect(words).toContain(auditors);
    expect(informationZh.privacy.who.official).toContain("财政人员");
    expect(informationEn.privacy.who.official).toContain("finance staff");
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
