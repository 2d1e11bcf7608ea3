import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { action, loader } from "~/routes/staff.rewards_.assess";
import { refusalSentence } from "~server/ledger/refusals.server";
import type { AssessmentPreview } from "~server/rewards/preview-assessment.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { financePortal } from "~tests/factories/finance-portal";
import { answersOf, approveTo, makeDesk, signAs, type Desk } from "~tests/factories/make-award";
import { makeFinding, type TestFinding } from "~tests/factories/make-finding";
import { asDemo, makeStaff } from "~tests/factories/make-staff";
import { call, type Answer } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let desk: Desk;

beforeAll(async () => {
  portal = financePortal(test.db);
  desk = await makeDesk(test.db);
});

const assess = (actor: StaffActor, form?: Record<string, string | string[]>, search = ""): Promise<Answer> =>
  call(form ? action : loader, { portal, actor, url: `/staff/rewards/assess${search}`, form });
const errorsOf = (answer: Answer) => (answer.field("state") as { errors: Record<string, string> }).errors;
const previewOf = (answer: Answer) => answer.field("preview") as AssessmentPreview | null;

/** The form as the page shows it first, with the grade chosen. */
type Fields = Record<string, string | string[]>;
function filled(finding: TestFinding, more: Fields = {}): Fields {
  return {
    intent: "preview",
    leadId: finding.leadId,
    schemeId: "jinhua-default",
    replaces: "",
    budgetId: desk.budgetId,
    grade: "1",
    ...{ "criteria.1": ["0", "1", "2"], "criteria.2": ["0", "1", "2"], "criteria.3": ["0", "1", "2"] },
    gradeReason: "材料与查证结果一致",
    chosen: "",
    approvalRef: "",
    consultationRef: "",
    ...Object.fromEntries(
      finding.tipIds.flatMap((tipId, at) => [
        ...answered(tipId),
        [`treat.${tipId}`, at === 0 ? "award" : "skip"],
        [`kind.${tipId}`, "anonymous"],
        [`weight.${tipId}`, ""],
      ]),
    ),
    ...more,
  };
}

/** Every question answered in the informant's favour. */
const answered = (tipId: string): [string, string][] =>
  Object.entries(answersOf("jinhua-default")).flatMap(([id, { answer, reason }]) => [
    [`a.${tipId}.${id}`, answer ? "yes" : "no"],
    [`why.${tipId}.${id}`, reason ?? ""],
  ]);

async function saved(finding: TestFinding, more: Fields = {}): Promise<Answer> {
  const preview = previewOf(await assess(desk.preparer.actor, filled(finding, more)));
  return assess(
    desk.preparer.actor,
    filled(finding, { ...more, intent: "save", expects: preview?.hash ?? "" }),
  );
}

const awardsOf = async (finding: TestFinding) =>
  (
    await test.db.pool.query<{ id: string; status: string }>(
      "select id, status from awards where lead_id = $1 order by id",
      [finding.leadId],
    )
  ).rows;

describe("choosing a lead to assess", () => {
  const leadsOf = async () => {
    const all: { leadId: string; why: string }[] = [];
    for (let page = 1; page < 9; page += 1)
      all.push(
        ...((await assess(desk.preparer.actor, undefined, `?page=${page}`)).field("rows") as typeof all),
      );
    return new Map(all.map(({ leadId, why }) => [leadId, why]));
  };

  it("lists leads with a verified, final finding, a wish for a reward and no live computation", async () => {
    const ready = await makeFinding(test.db);
    const unverified = await makeFinding(test.db, { status: "recorded" });
    const appealed = await makeFinding(test.db, { isFinal: false });
    const unasked = await makeFinding(test.db, { wantsReward: false });
    const leads = await leadsOf();
    expect(leads.get(ready.leadId)).toBe("new");
    for (const each of [unverified, appealed, unasked]) expect(leads.has(each.leadId)).toBe(false);
    await saved(ready);
    expect((await leadsOf()).has(ready.leadId)).toBe(false);
  });

  it("lists a lead again when its award was sent back, and not once one is approved", async () => {
    const back = await makeFinding(test.db);
    await saved(back);
    const [award] = await awardsOf(back);
    await signAs(test.db, desk.preparer, award?.id ?? "", "prepare");
    await signAs(test.db, desk.reviewer, award?.id ?? "", "reject");
    expect((await leadsOf()).get(back.leadId)).toBe("returned");
    const page = await assess(desk.preparer.actor, undefined, `?lead=${back.leadId}`);
    const replaces = page.field("replaces") as string;
    expect((await saved(back)).status).toBe(409);
    expect((await saved(back, { replaces, whyAgain: "按退回意见重新核算" })).status).toBe(302);
    expect((await awardsOf(back)).map(({ status }) => status)).toEqual(["rejected", "drafted"]);
    const [, again] = await awardsOf(back);
    await approveTo(test.db, desk, again?.id ?? "", "approved");
    expect((await leadsOf()).has(back.leadId)).toBe(false);
    const closed = await assess(desk.preparer.actor, undefined, `?lead=${back.leadId}`);
    expect(closed.field("live")).toMatchObject({ replaceable: false });
  });

  it("is the preparer's page alone; a demo session may look", async () => {
    expect((await assess(asDemo(desk.preparer))).status).toBe(200);
    for (const person of [desk.reviewer, desk.approver, desk.cashier])
      expect((await assess(person.actor)).status).toBe(404);
  });
});

describe("the assessment of a lead", () => {
  it("shows informants by order, mode and day, and nothing else of them", async () => {
    const finding = await makeFinding(test.db, { tips: 2, mode: "named" });
    const answer = await assess(desk.preparer.actor, undefined, `?lead=${finding.leadId}`);
    expect(answer.field("informants")).toEqual([
      {
        order: 1,
        mode: "named",
        arrivedOn: "2026-01-05",
        withdrawn: false,
        proof: null,
        tipId: finding.tipIds[0],
      },
      {
        order: 2,
        mode: "named",
        arrivedOn: "2026-01-05",
        withdrawn: false,
        proof: null,
        tipId: finding.tipIds[1],
      },
    ]);
    const few = await assess(desk.preparer.actor, undefined, `?lead=${finding.leadId}&shown=1`);
    expect([few.field("total"), few.field("shown"), (few.field("informants") as object[]).length]).toEqual([
      2, 1, 1,
    ]);
  });

  it("lists further informants by number or place, and hands back all that was typed", async () => {
    const finding = await makeFinding(test.db, { tips: 4 });
    const [first = ""] = finding.tipIds;
    const form = { ...filled(finding), gradeReason: "写到一半", shown: "1", also: "" };
    const ordersOf = (answer: Answer) =>
      (answer.field("listed") as { informants: { order: number }[] }).informants.map(({ order }) => order);
    const valuesOf = (answer: Answer) => (answer.field("state") as { values: Fields }).values;
    const more = await assess(desk.preparer.actor, { ...form, intent: "more" });
    expect([more.status, errorsOf(more), ordersOf(more)]).toEqual([200, {}, [1, 2]]);
    expect(valuesOf(more)).toMatchObject({ gradeReason: "写到一半", [`treat.${first}`]: "award" });
    const place = await assess(desk.preparer.actor, { ...form, intent: "list", also: "４、9" });
    expect(ordersOf(place)).toEqual([1, 4]);
    // A refusal keeps the list it came from.
    const refused = await assess(desk.preparer.actor, { ...form, grade: "", also: "3" });
    expect([refused.status, ordersOf(refused)]).toEqual([400, [1, 3]]);
    expect(await awardsOf(finding)).toEqual([]);
  });

  it("previews every step with its clause and keeps nothing", async () => {
    const finding = await makeFinding(test.db, { tips: 2 });
    const answer = await assess(desk.preparer.actor, filled(finding));
    const preview = previewOf(answer);
    expect([answer.status, preview?.amountFen]).toEqual([200, 4_999_500n]);
    expect(preview?.steps.map(({ step }) => step)).toHaveLength(8);
    expect(preview?.steps.every(({ clause }) => clause !== "")).toBe(true);
    expect(preview?.flags).toContain("editable_default");
    expect(await awardsOf(finding)).toEqual([]);
  });

  it("saves what was previewed and nothing else: a changed form is shown anew", async () => {
    const finding = await makeFinding(test.db);
    const preview = previewOf(await assess(desk.preparer.actor, filled(finding)));
    const expects = preview?.hash ?? "";
    const changed = await assess(
      desk.preparer.actor,
      filled(finding, { intent: "save", grade: "2", expects }),
    );
    expect([changed.status, changed.field("refusal")]).toEqual([409, refusalSentence("preview_changed")]);
    expect(previewOf(changed)?.amountFen).not.toBe(preview?.amountFen);
    const unseen = await assess(desk.preparer.actor, filled(finding, { intent: "save" }));
    expect([unseen.status, previewOf(unseen)?.hash]).toEqual([200, expects]);
    expect(await awardsOf(finding)).toEqual([]);
    expect((await assess(desk.preparer.actor, filled(finding, { intent: "save", expects }))).status).toBe(
      302,
    );
  });

  it("answers a double click as the first click, and another preparer that somebody was first", async () => {
    const finding = await makeFinding(test.db);
    const expects = previewOf(await assess(desk.preparer.actor, filled(finding)))?.hash ?? "";
    const form = filled(finding, { intent: "save", expects });
    const answers = await Promise.all([1, 2].map(() => assess(desk.preparer.actor, form)));
    expect(answers.map(({ status }) => status)).toEqual([302, 302]);
    expect(answers[0]?.location).toBe(answers[1]?.location);
    expect(await awardsOf(finding)).toHaveLength(1);
    const other = await makeStaff(test.db, ["finance_preparer"]);
    const late = await assess(other.actor, form);
    expect([late.status, late.field("refusal")]).toEqual([409, refusalSentence("assessment_changed")]);
  });

  it("says what is missing and keeps what was typed", async () => {
    const finding = await makeFinding(test.db);
    const [tip] = finding.tipIds;
    const wrong = await assess(
      desk.preparer.actor,
      filled(finding, {
        grade: "",
        budgetId: "",
        chosen: "很多",
        consultationRef: "1",
        [`weight.${tip}`]: "x",
      }),
    );
    expect([wrong.status, errorsOf(wrong)]).toEqual([
      400,
      {
        budgetId: "chooseBudget",
        grade: "chooseGrade",
        chosen: "chosenWrong",
        consultationRef: "referenceLength",
        [`weight.${tip}`]: "weightWrong",
      },
    ]);
    expect(wrong.text).toContain("很多");
    expect(errorsOf(await assess(desk.preparer.actor, filled(finding, { grade: "" })))).toEqual({
      grade: "chooseGrade",
    });
    const lifted = await assess(desk.preparer.actor, filled(finding, { capLifted: "yes" }));
    expect(errorsOf(lifted)).toEqual({ approvalRef: "needsApprovalRef" });
    expect((await assess(desk.preparer.actor, {})).status).toBe(400);
  });

  it("takes a choice within a range in 元, and refuses one outside it", async () => {
    const finding = await makeFinding(test.db);
    const inside = await assess(
      desk.preparer.actor,
      filled(finding, { grade: "3", chosen: "３００元", chosenReason: "按线索的作用确定" }),
    );
    expect(previewOf(inside)?.amountFen).toBe(30_000n);
    for (const chosen of ["", "600", "3%"]) {
      const outside = await assess(
        desk.preparer.actor,
        filled(finding, { grade: "3", chosen, chosenReason: "按线索的作用确定" }),
      );
      expect([chosen, outside.status, outside.field("refusal")]).toEqual([
        chosen,
        400,
        refusalSentence("case_incomplete"),
      ]);
    }
  });

  it("passes nobody over: whoever came earlier is listed, or left out together for a reason", async () => {
    const finding = await makeFinding(test.db, { tips: 3 });
    const [first = "", second = ""] = finding.tipIds;
    const skip = { [`treat.${first}`]: "skip", [`treat.${second}`]: "award" };
    const post = (more: Fields) => assess(desk.preparer.actor, filled(finding, { ...skip, ...more }));
    expect((await post({})).text).toContain("列入的举报之前还有人申请奖励");
    expect(errorsOf(await post({ passOver: "yes" }))).toEqual({ passOverReason: "reasonPlain" });
    const together = previewOf(
      await post({ passOver: "yes", passOverReason: "只写了平台名称，没有有用线索" }),
    );
    expect(together).toMatchObject({ passedOver: 1, shares: [{ tipId: second, place: 2 }] });
    const listed = { [`treat.${first}`]: "award", [`a.${first}.exclusion:participant`]: "yes" };
    expect((await post(listed)).text).toContain("第 1 位");
    const reasoned = await post({ ...listed, [`why.${first}.exclusion:participant`]: "是平台的负责人员" });
    expect(previewOf(reasoned)?.shares.map(({ amountFen }) => amountFen)).toEqual([0n, 4_999_500n]);
    const phone = await post({ ...listed, [`why.${first}.exclusion:participant`]: "电话 138-1234-5678" });
    expect(errorsOf(phone)).toEqual({ [`why.${first}.exclusion:participant`]: "reasonPlain" });
    const invented = await post({ [`a.${second}.exclusion:disliked`]: "yes" });
    expect([invented.status, invented.text.includes("不属于这个奖励办法")]).toEqual([400, true]);
    const none = { [`treat.${first}`]: "skip", [`treat.${second}`]: "skip" };
    expect(errorsOf(await assess(desk.preparer.actor, filled(finding, none)))).toEqual({
      informants: "needsInformant",
    });
  });

  it("keeps who recorded or verified the finding, demo sessions and other roles away", async () => {
    const finding = await makeFinding(test.db);
    const own = await makeStaff(test.db, ["finance_preparer"]);
    await test.owner.query("alter table findings disable trigger user");
    await test.owner.query("update findings set verified_by = $1 where id = $2", [
      own.actor.id,
      finding.findingId,
    ]);
    await test.owner.query("alter table findings enable trigger user");
    expect((await assess(own.actor, filled(finding))).field("refusal")).toBe(
      refusalSentence("finding_apart"),
    );
    const demo = await assess(asDemo(desk.preparer), filled(finding));
    expect([demo.status, demo.field("refusal")]).toEqual([403, refusalSentence("needs_passkey")]);
    const reviewer = await assess(desk.reviewer.actor, filled(finding));
    expect(reviewer.field("refusal")).toBe(refusalSentence("wrong_role"));
  });

  it("says why a lead cannot be assessed; one without a settled finding is not there", async () => {
    const open = await makeFinding(test.db, { isFinal: false });
    const answer = await assess(desk.preparer.actor, undefined, `?lead=${open.leadId}`);
    expect([answer.status, answer.body]).toEqual([409, refusalSentence("finding_not_final")]);
    const unverified = await makeFinding(test.db, { status: "recorded" });
    expect((await assess(desk.preparer.actor, undefined, `?lead=${unverified.leadId}`)).status).toBe(404);
    expect((await assess(desk.preparer.actor, undefined, `?lead=${randomUUID()}`)).status).toBe(404);
  });
});
