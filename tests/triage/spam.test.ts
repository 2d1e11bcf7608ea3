import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { action, loader } from "~/routes/staff.spam";
import { readStatus } from "~server/intake/read-status.server";
import type { SpamGround } from "~server/intake/receive-tip.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import type { StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { judgeSpam } from "~server/triage/judge-spam.server";
import { listBoard } from "~server/triage/list-board.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys, openField } from "~tests/factories/office-keys";
import { reportAnswers } from "~tests/factories/report-answers";
import { call, type Answer } from "~tests/setup/call-route";
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
  officer = await makePerson(portal, "police", ["agency_officer"]);
  await holdKeys(portal, triage);
});

async function suspected(over: RawAnswers = {}, why: SpamGround = "no_work") {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(over), at: portal.clock.now() });
  const { tipId } = await submitTip(portal, { receipt, language: "zh-CN", suspected: why });
  return { tipId, lookupId: lookupIdOf(receipt) };
}

const site = (name: string): RawAnswers => ({
  subject: {
    subjectKind: "site",
    name,
    sites: `www.${Buffer.from(name).toString("hex").slice(-12)}.example`,
    uscc: "",
  },
});

const row = async (tipId: string) =>
  (
    await portal.db.pool.query<{ spam: string | null; leadId: string | null; arrivalNo: string }>(
      `select spam, lead_id as "leadId", arrival_no::text as "arrivalNo" from tips where id = $1`,
      [tipId],
    )
  ).rows[0];
const eventsOf = async (tipId: string) =>
  (
    await portal.db.pool.query<{ action: string }>(
      "select action from events where subject_id = $1 order by seq",
      [tipId],
    )
  ).rows.map(({ action: name }) => name);

const judge = (tipId: string, verdict: "report" | "spam", actor = triage) =>
  judgeSpam(portal, { tipId, verdict, at: portal.clock.now() }, actor);
const page = (search = "", actor = triage): Promise<Answer> =>
  call(loader, { portal, actor, url: `/staff/spam${search}` });
const post = (form: Record<string, string | string[]>, actor = triage): Promise<Answer> =>
  call(action, { portal, actor, url: "/staff/spam", form });

describe("a report set apart", () => {
  it("is sealed and stored like any other, off the board, and its sender sees no difference", async () => {
    const before = await listBoard(portal.db, { filters: {}, page: 1 }, triage);
    const { tipId, lookupId } = await suspected();
    expect(await row(tipId)).toMatchObject({ spam: "suspected", leadId: null });
    expect(await openField(portal, tipId, "narrative")).toContain("养老钱");
    expect(await listBoard(portal.db, { filters: {}, page: 1 }, triage)).toEqual(before);
    expect(await eventsOf(tipId)).toEqual(["tip.spam_suspected"]);
    const other = createReceipt();
    await saveDraft(portal.db, { receipt: other, raw: reportAnswers(), at: portal.clock.now() });
    await submitTip(portal, { receipt: other, language: "zh-CN" });
    const seen = async (of: Buffer) => {
      const {
        tipId: _tip,
        subjectName: _name,
        ...rest
      } = (await readStatus(portal, { lookupId: of })) as {
        tipId: string;
        subjectName: string;
      };
      return rest;
    };
    expect(await seen(lookupId)).toEqual(await seen(lookupIdOf(other)));
  });

  it("called a report goes to its lead in its own place in the order of arrival, and is routed", async () => {
    const early = await suspected(site("先到的平台"));
    const late = await sendReport(portal, site("先到的平台"));
    const placed = await judge(early.tipId, "report");
    expect(placed.lead?.id).toBe(late.leadId);
    const [first, second] = [await row(early.tipId), await row(late.tipId)];
    expect(first).toMatchObject({ spam: null, leadId: late.leadId });
    expect(Number(first?.arrivalNo)).toBeLessThan(Number(second?.arrivalNo));
    expect(await eventsOf(early.tipId)).toEqual(["tip.spam_suspected", "tip.spam_cleared"]);

    const alone = await judge((await suspected(site("独自一家平台"))).tipId, "report");
    const { rows } = await portal.db.pool.query("select kind from routing_decisions where lead_id = $1", [
      alone.lead?.id,
    ]);
    expect(rows).toEqual([{ kind: "proposed" }]);
  });

  it("raises 重大 when it is the one that reaches the threshold", async () => {
    const amounts = { startedOn: "2025-03", ongoing: "yes", amount: "from_100m", people: "from_1000" };
    const { tipId } = await suspected({ ...site("数额巨大平台"), amounts });
    const { lead } = await judge(tipId, "report");
    const { rows } = await portal.db.pool.query("select is_major from leads where id = $1", [lead?.id]);
    expect(rows).toEqual([{ is_major: true }]);
  });

  it("called spam stays stored, leaves the queue, and can be brought back", async () => {
    const { tipId, lookupId } = await suspected();
    await judge(tipId, "spam");
    expect(await row(tipId)).toMatchObject({ spam: "confirmed", leadId: null });
    expect((await page()).text).not.toContain(tipId);
    expect((await page("?state=confirmed")).text).toContain(tipId);
    await judge(tipId, "report");
    expect(await readStatus(portal, { lookupId })).toMatchObject({ stage: "received", closure: null });
    expect(await row(tipId)).toMatchObject({ spam: null });
    expect(await eventsOf(tipId)).toEqual(["tip.spam_suspected", "tip.spam_confirmed", "tip.spam_cleared"]);
  });

  it("called spam says so to its reporter, with the day, and not before a person has judged it", async () => {
    const { tipId, lookupId } = await suspected();
    expect(await readStatus(portal, { lookupId })).toMatchObject({ stage: "received", closure: null });
    await judge(tipId, "spam");
    const status = await readStatus(portal, { lookupId });
    expect(status).toMatchObject({ stage: "not_accepted", closure: "not_a_report", department: null });
    expect(status?.kind === "tip" && status.timeline.map(({ key }) => key)).toEqual([
      "not_accepted",
      "received",
    ]);
    const other = await suspected();
    expect(await readStatus(portal, { lookupId: other.lookupId })).toMatchObject({ stage: "received" });
  });

  it("judged by two officers at once has one outcome", async () => {
    const other = await makePerson(portal, "leading-office", ["triage_officer"]);
    for (let turn = 0; turn < 4; turn += 1) {
      const { tipId } = await suspected();
      const done = await Promise.all([
        refusalOf(judge(tipId, "report")),
        refusalOf(judge(tipId, "report", other)),
        refusalOf(judge(tipId, "report")),
      ]);
      expect(done.sort()).toEqual(["accepted", "already_judged", "already_judged"]);
      expect(await eventsOf(tipId)).toEqual(["tip.spam_suspected", "tip.spam_cleared"]);
    }
    const { tipId } = await suspected();
    const spam = await Promise.all([refusalOf(judge(tipId, "spam")), refusalOf(judge(tipId, "spam", other))]);
    expect(spam.sort()).toEqual(["accepted", "already_judged"]);
  });

  it("is nobody's but triage's: to judge, to list, or to move to a lead by its id", async () => {
    const { tipId } = await suspected();
    expect(await refusalOf(judge(tipId, "report", officer))).toBe("not_found");
    expect((await page("", officer)).status).toBe(404);
    expect(await refusalOf(judge("019a0000-0000-7000-8000-000000000000", "spam"))).toBe("not_found");
    const input = { tipId, toLeadNumber: 1, at: portal.clock.now() };
    expect(await refusalOf(attachTip(portal.db, portal.pack.pack, input, triage))).toBe("not_found");
    const { tipId: ordinary } = await sendReport(portal);
    expect(await refusalOf(judge(ordinary, "spam"))).toBe("already_judged");
  });
});

describe("the page of reports set apart", () => {
  it("shows the facts, the ground and the sealed text, and is itself an event", async () => {
    const { tipId } = await suspected(site("队列里的平台"), "flood");
    const answer = await page();
    const tips = answer.field("tips") as {
      id: string;
      why: string;
      narrative: { state: string; keys: [] };
    }[];
    const shown = tips.find(({ id }) => id === tipId);
    expect(shown).toMatchObject({
      subjectName: "队列里的平台",
      why: "flood",
      narrative: { state: "sealed" },
    });
    expect(shown?.narrative.keys).toHaveLength(1);
    expect(answer.text).not.toContain("lookupId");
    const { rows } = await portal.db.pool.query(
      "select count(*)::int as n from events where action = 'tips.viewed' and actor_id = $1",
      [triage.id],
    );
    expect((rows[0] as { n: number }).n).toBeGreaterThan(0);
  });

  it("judges those ticked and says of each what became of it", async () => {
    const [a, b, gone] = [await suspected(), await suspected(), await suspected(site("已被别人判定"))];
    await judge(gone.tipId, "spam");
    const many = await post({ judge: "spam", tipId: [a.tipId, gone.tipId, b.tipId] });
    expect(many).toMatchObject({
      status: 200,
      body: {
        results: [
          { tipId: a.tipId, refusal: null },
          { tipId: gone.tipId, name: "已被别人判定", refusal: "这条举报已经由他人判定，请刷新列表。" },
          { tipId: b.tipId, refusal: null },
        ],
      },
    });
    expect(await row(b.tipId)).toMatchObject({ spam: "confirmed" });
  });

  it("judges one by its own button, whatever is ticked", async () => {
    const [one, ticked] = [await suspected(), await suspected()];
    const spam = await post({ judge: `spam:${one.tipId}`, tipId: ticked.tipId });
    expect(spam.location).toBe("/staff/spam?done=spam");
    expect(await row(ticked.tipId)).toMatchObject({ spam: "suspected" });
    const placed = await post({ judge: `report:${ticked.tipId}` });
    expect(placed).toMatchObject({ status: 200, body: { results: [{ refusal: null }] } });
    expect((await post({ judge: `report:${ticked.tipId}` })).status).toBe(409);
  });

  it.each([
    [{ judge: "spam" }, { tipId: "chooseTips" }],
    [{ judge: "delete", tipId: "019a0000-0000-7000-8000-000000000000" }, { judge: "chooseSpamVerdict" }],
    [{ judge: "spam", tipId: "nothing" }, { tipId: "chooseTips" }],
  ])("refuses %j and says what to do", async (form, errors) => {
    expect(await post(form)).toMatchObject({ status: 400, body: { errors } });
  });
});
