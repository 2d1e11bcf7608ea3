import { beforeAll, describe, expect, it } from "vitest";
import { loader as list } from "~/routes/staff.rewards";
import { loader as page } from "~/routes/staff.rewards_.$awardId";
import { loader as signLoader } from "~/routes/staff.sign";
import type { StaffActor } from "~server/staff-auth/actor";
import { refusalSentence } from "~server/ledger/refusals.server";
import type { AwardPage } from "~server/rewards/read-award.server";
import {
  askToSign,
  financePortal,
  postToAward,
  signOnPage,
  signatureFormOf,
} from "~tests/factories/finance-portal";
import {
  approveTo,
  CLOCK,
  makeAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { asDemo, makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { acceptAs } from "~tests/factories/reporter-of";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let desk: Desk;

beforeAll(async () => {
  portal = financePortal(test.db);
  desk = await makeDesk(test.db);
});

const listed = (actor: StaffActor, search = "") =>
  call(list, { portal, actor, url: `/staff/rewards${search}` });
const shown = (actor: StaffActor, awardId: string) =>
  call(page, { portal, actor, url: `/staff/rewards/${awardId}`, params: { awardId } });
const nextOf = async (actor: StaffActor, awardId: string) =>
  (await shown(actor, awardId)).field("next") as AwardPage["next"];

describe("the list of awards", () => {
  it("opens on the queue of the person's own step, and counts every state", async () => {
    const award = await makeAward(test.db, desk);
    const mine = await listed(desk.preparer.actor);
    expect(mine.field("state")).toBe("drafted");
    expect(mine.text).toContain(award.awardId);
    expect(await listed(desk.reviewer.actor).then((answer) => answer.field("state"))).toBe("prepared");
    expect(await listed(desk.approver.actor).then((answer) => answer.field("state"))).toBe("reviewed");
    const tabs = mine.field("tabs") as { id: string; count: number }[];
    expect(tabs.find(({ id }) => id === "drafted")?.count).toBeGreaterThanOrEqual(1);
  });

  it("shows the lead's number and the subject's name, and neither tip nor reporter", async () => {
    const award = await makeAward(test.db, desk);
    const answer = await listed(desk.preparer.actor, `?state=all&lead=${award.finding.leadId}`);
    expect(answer.text).toContain("某某理财平台");
    expect(answer.text).not.toContain(award.tipId);
  });

  it("turns pages and sorts by amount in the URL", async () => {
    for (let at = 0; at < 3; at += 1) await makeAward(test.db, desk, BigInt(1 + at) * 1_000_000_000n);
    const largest = await listed(desk.preparer.actor, "?state=all&order=largest");
    const amounts = (largest.field("rows") as { amountFen: bigint }[]).map((row) => row.amountFen);
    expect(amounts).toEqual([...amounts].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
    expect((await listed(desk.preparer.actor, "?state=all&page=999")).field("rows")).toEqual([]);
  });

  it("takes nonsense in the URL for the plain list", async () => {
    const answer = await listed(desk.preparer.actor, "?state=gone&page=-1&lead=x&order=up");
    expect([answer.status, answer.field("page")]).toEqual([200, 1]);
  });

  it("is not there for who may not see money", async () => {
    const triage = await makeStaff(test.db, ["triage_officer"]);
    expect((await listed(triage.actor)).status).toBe(404);
  });
});

describe("the page of an award", () => {
  let award: TestAward;
  beforeAll(async () => {
    award = await makeAward(test.db, desk);
  });

  it("shows steps with clauses, budget before and after, finding and 大写, and no tip of a share", async () => {
    const answer = await shown(desk.preparer.actor, award.awardId);
    expect(answer.field("capitalAmount")).toBe("肆万玖仟玖佰玖拾伍元整");
    const pool = answer.field("pool") as AwardPage["pool"];
    expect(pool.steps.map(({ step }) => step)).toHaveLength(8);
    expect(pool.steps.every(({ clause }) => clause !== "")).toBe(true);
    expect(pool.steps.find(({ step }) => step === "rate")?.title?.zh).toContain("一级");
    expect(pool.sharers.map(({ codeName }) => codeName)).toHaveLength(1);
    expect(pool.flags).toContain("editable_default");
    const budget = answer.field("budget") as AwardPage["budget"];
    expect(budget.availableFen - (budget.afterFen ?? 0n)).toBe(award.amountFen);
    expect(answer.field("finding")).toMatchObject({ decisionNumber: "金整办决〔2026〕7号", isFinal: true });
    expect(JSON.stringify(pool.sharers, (_, value: unknown) => String(value))).not.toContain(award.tipId);
    expect(answer.field("tipId")).toBeUndefined();
  });

  it("is the same 404 for an award that is not there, no id, and no reader of money", async () => {
    const triage = await makeStaff(test.db, ["triage_officer"]);
    const answers = [
      await shown(desk.preparer.actor, "00000000-0000-4000-8000-000000000000"),
      await shown(desk.preparer.actor, "x"),
      await shown(triage.actor, award.awardId),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });

  it("says why a closed act is closed", async () => {
    expect(await nextOf(desk.reviewer.actor, award.awardId)).toEqual([
      {
        act: "prepare",
        allowed: false,
        why: { code: "wrong_role", sentence: refusalSentence("wrong_role") },
      },
    ]);
    expect(await nextOf(asDemo(desk.preparer), award.awardId)).toMatchObject([
      { allowed: false, why: { sentence: refusalSentence("needs_passkey") } },
    ]);
    expect(await nextOf(desk.preparer.actor, award.awardId)).toMatchObject([
      { act: "prepare", allowed: true },
    ]);
  });
});

describe("signing on the page", () => {
  const demo = (person: TestPerson): TestPerson => ({ ...person, actor: asDemo(person) });

  it("goes from 经办 to 批准 by three people, and tells what comes next", async () => {
    const { awardId } = await makeAward(test.db, desk);
    const prepared = await signOnPage(portal, desk.preparer, { awardId, action: "prepare" });
    expect([prepared.status, prepared.location]).toEqual([302, `/staff/rewards/${awardId}?done=prepared`]);
    await signOnPage(portal, desk.reviewer, { awardId, action: "review" });
    const approved = await signOnPage(portal, desk.approver, { awardId, action: "approve" });
    expect(approved.location).toContain("done=approved");
    const approvals = (await shown(desk.approver.actor, awardId)).field(
      "approvals",
    ) as AwardPage["approvals"];
    expect(approvals.map(({ action, role }) => [action, role])).toEqual([
      ["prepare", "finance_preparer"],
      ["review", "finance_reviewer"],
      ["approve", "finance_approver"],
    ]);
    expect(approvals.every(({ keyFingerprint }) => /^[0-9a-f]{16}$/.test(keyFingerprint))).toBe(true);
    expect(await nextOf(desk.approver.actor, awardId)).toMatchObject([
      { act: "accept", why: { code: "waits_for_informant" } },
    ]);
  });

  it("refuses who already signed, who is of another role, and who computed the award, each in a sentence", async () => {
    const both = await makeStaff(test.db, ["finance_preparer", "finance_reviewer"]);
    const { awardId } = await makeAward(test.db, desk);
    expect(await askToSign(portal, desk.reviewer, { awardId, action: "prepare" })).toMatchObject({
      status: 403,
      body: { error: "wrong_role", message: refusalSentence("wrong_role") },
    });
    await signOnPage(portal, both, { awardId, action: "prepare" });
    const again = await askToSign(portal, both, { awardId, action: "review" });
    expect(again.body).toEqual({ error: "already_signed", message: refusalSentence("already_signed") });
    const own = await makeAward(test.db, { ...desk, preparer: both });
    await signOnPage(portal, desk.preparer, { awardId: own.awardId, action: "prepare" });
    const computed = await askToSign(portal, both, { awardId: own.awardId, action: "review" });
    expect(computed.field("error")).toBe("assessor_apart");
  });

  it("refuses a demo session at the question and at the answer", async () => {
    const { awardId } = await makeAward(test.db, desk);
    expect(await askToSign(portal, demo(desk.preparer), { awardId, action: "prepare" })).toMatchObject({
      status: 403,
      body: { error: "needs_passkey" },
    });
    const asked = await askToSign(portal, desk.preparer, { awardId, action: "prepare" });
    const form = signatureFormOf(portal, desk.preparer, asked);
    const answer = await postToAward(portal, demo(desk.preparer), awardId, form);
    expect([answer.status, answer.field("refusal")]).toEqual([403, refusalSentence("needs_passkey")]);
  });

  it("takes one answer once: the second post of it changes nothing and says so", async () => {
    const { awardId } = await makeAward(test.db, desk);
    const asked = await askToSign(portal, desk.preparer, { awardId, action: "prepare" });
    const form = signatureFormOf(portal, desk.preparer, asked);
    expect((await postToAward(portal, desk.preparer, awardId, form)).status).toBe(302);
    const second = await postToAward(portal, desk.preparer, awardId, form);
    expect([second.status, second.field("refusal")]).toEqual([409, refusalSentence("challenge_spent")]);
    expect((await shown(desk.preparer.actor, awardId)).field("approvals")).toHaveLength(1);
  });

  it("refuses another person's key and a mangled answer, and signs nothing", async () => {
    const { awardId } = await makeAward(test.db, desk);
    const asked = await askToSign(portal, desk.preparer, { awardId, action: "prepare" });
    const foreign = signatureFormOf(portal, desk.reviewer, asked);
    expect((await postToAward(portal, desk.preparer, awardId, foreign)).field("refusal")).toBe(
      refusalSentence("passkey_revoked"),
    );
    const mangled = await postToAward(portal, desk.preparer, awardId, { ...foreign, response: "{}" });
    expect(mangled.status).toBe(400);
    expect((await postToAward(portal, desk.preparer, awardId, { intent: "sign" })).status).toBe(400);
    expect((await postToAward(portal, desk.preparer, awardId, { intent: "else" })).status).toBe(400);
    expect((await shown(desk.preparer.actor, awardId)).field("approvals")).toEqual([]);
  });

  it("sends back only with a reason, keeps it beside the signature, and offers a new computation", async () => {
    const { awardId } = await makeAward(test.db, desk);
    await signOnPage(portal, desk.preparer, { awardId, action: "prepare" });
    for (const reason of [undefined, "短", "长".repeat(2001), "请联系 13800138000 核实"]) {
      const refused = await askToSign(portal, desk.reviewer, {
        awardId,
        action: "reject",
        ...(reason === undefined ? {} : { reason }),
      });
      expect([refused.status, refused.field("message")]).toEqual([400, refusalSentence("reason_required")]);
    }
    const reason = "认定书与数额不符，请核对";
    await signOnPage(portal, desk.reviewer, { awardId, action: "reject", reason });
    const after = await shown(desk.preparer.actor, awardId);
    expect(after.field("status")).toBe("rejected");
    expect((after.field("approvals") as AwardPage["approvals"]).at(-1)?.reason).toBe(reason);
    expect(after.field("mayReassess")).toBe(true);
    expect((await shown(desk.reviewer.actor, awardId)).field("mayReassess")).toBe(false);
  });

  it("says that the budget does not reach, and approves nothing", async () => {
    const poor = await makeDesk(test.db, 1_000_000n);
    const { awardId } = await makeAward(test.db, poor);
    await approveTo(test.db, poor, awardId, "reviewed");
    expect((await nextOf(poor.approver.actor, awardId))[0]?.why?.code).toBe("insufficient_budget");
    const refused = await signOnPage(portal, poor.approver, { awardId, action: "approve" });
    expect([refused.status, refused.field("refusal")]).toEqual([409, refusalSentence("insufficient_budget")]);
    expect((await shown(poor.approver.actor, awardId)).field("status")).toBe("reviewed");
  });

  it("has no page at the endpoint and takes nothing but its own JSON", async () => {
    expect((await call(signLoader, { portal, actor: desk.preparer.actor, url: "/staff/sign" })).status).toBe(
      404,
    );
    for (const json of [
      null,
      {},
      { awardId: "x", action: "prepare" },
      { awardId: desk.budgetId, action: "pay" },
    ]) {
      const answer = await askToSign(portal, desk.preparer, json as never);
      expect(answer.status).toBe(400);
    }
    const missing = await askToSign(portal, desk.preparer, { awardId: desk.budgetId, action: "prepare" });
    expect(missing.status).toBe(404);
  });
});

describe("booking on the page", () => {
  it("books an accepted award once, whoever of the two presses again", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "approved");
    const early = await postToAward(portal, desk.preparer, award.awardId, { intent: "post" });
    expect([early.status, early.field("refusal")]).toEqual([409, refusalSentence("waits_for_informant")]);
    await acceptAs(test.db, award, CLOCK);
    const [one, two] = await Promise.all([
      postToAward(portal, desk.preparer, award.awardId, { intent: "post" }),
      postToAward(portal, desk.reviewer, award.awardId, { intent: "post" }),
    ]);
    expect([one.status, two.status]).toEqual([302, 302]);
    const { rows } = await test.db.pool.query(
      "select 1 from ledger_transactions where award_id = $1 and event = 'award.posted'",
      [award.awardId],
    );
    expect(rows).toHaveLength(1);
    const refused = await postToAward(portal, desk.approver, award.awardId, { intent: "post" });
    expect(refused.field("refusal")).toBe(refusalSentence("wrong_role"));
  });
});
