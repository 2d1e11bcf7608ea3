import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { saidInRequest } from "~/forms/ledger-request";
import { agreedTo } from "~/forms/step-up-subjects";
import { action as actsAction, loader as actsLoader } from "~/routes/staff.budget_.acts";
import { loader as budgetLoader } from "~/routes/staff.budget";
import { action as claimAction, loader as claimLoader } from "~/routes/staff.rewards_.$awardId_.claim";
import { action as holdAction, loader as holdLoader } from "~/routes/staff.rewards_.$awardId_.hold";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { settings } from "~db/schema/packs";
import { digestRequest, type LedgerRequest } from "~server/ledger/ask-request.server";
import { listWarnings } from "~server/ledger/list-warnings.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { readContingent } from "~server/ledger/read-contingent.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { warnBudgets } from "~server/ledger/warn-budgets.server";
import { assessAward } from "~server/rewards/assess-award.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { financePortal } from "~tests/factories/finance-portal";
import {
  CLOCK,
  TODAY,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  type Desk,
} from "~tests/factories/make-award";
import { makeFinding } from "~tests/factories/make-finding";
import { asDemo, makeStaff } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call, type Answer } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import type { TestPortal } from "~tests/setup/test-portal";

const OWN = { schemeId: "jinhua-default" };
const test = testDatabase();
let portal: TestPortal;
let desk: Desk;
let keys: Record<"preparer" | "approver", Awaited<ReturnType<typeof enrolPasskey>>>;

beforeAll(async () => {
  portal = financePortal(test.db);
  desk = await makeDesk(test.db);
  keys = {
    preparer: await enrolPasskey(portal, desk.preparer.actor),
    approver: await enrolPasskey(portal, desk.approver.actor),
  };
});

const acts = (actor: StaffActor, form?: Record<string, string>, search = ""): Promise<Answer> =>
  call(form ? actsAction : actsLoader, { portal, actor, url: `/staff/budget/acts${search}`, form });
const typedOf = (answer: Answer) =>
  answer.field("state") as { values: Record<string, string>; errors: Record<string, string> };

/** Asks as the preparer, touched for exactly what was filled in. */
async function ask(filled: Record<string, string>): Promise<{ id: string; answer: Answer }> {
  const id = randomUUID();
  const form = { intent: "ask", id, reason: "经查证须如此办理", ...filled };
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) data.set(name, value);
  const person = { actor: desk.preparer.actor, key: keys.preparer };
  const stepUp = await stepUpProof(portal, person, agreedTo.ledgerAsked(saidInRequest(data)));
  return { id, answer: await acts(desk.preparer.actor, { ...form, stepUp }) };
}

async function agree(id: string, about?: string): Promise<Answer> {
  const [row] = await test.db.orm.select().from(ledgerRequests).where(eq(ledgerRequests.id, id));
  const of = { requestId: id, digest: digestRequest(row as LedgerRequest) };
  const person = { actor: desk.approver.actor, key: keys.approver };
  const stepUp = await stepUpProof(portal, person, agreedTo.ledgerAgreed(of));
  return acts(desk.approver.actor, {
    intent: "agree",
    ...of,
    stepUp,
    ...(about === undefined ? {} : { about }),
  });
}

async function makePaid() {
  const award = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
  const reference = `BK-${award.awardId.slice(-8).toUpperCase()}`;
  await payByHand(test.db, { ...award, paidOn: TODAY, reference }, desk.cashier.actor, CLOCK);
  return award;
}

describe("the page of acts by two", () => {
  it("of an award that is none is not found, rather than empty", async () => {
    expect((await acts(desk.preparer.actor, undefined, `?award=${randomUUID()}`)).status).toBe(404);
  });

  const adjust = () => ({
    ...{ kind: "adjust", budgetId: desk.budgetId, direction: "more", amount: "1.5万", eventOn: TODAY },
  });

  it("keeps what was typed beside each fault, and asks nothing without the passkey's touch", async () => {
    const wrong = await acts(desk.preparer.actor, {
      ...{ intent: "ask", id: randomUUID(), ...adjust() },
      ...{ amount: "一百", direction: "", reason: "短" },
    });
    expect([wrong.status, wrong.field("intent")]).toEqual([400, "ask"]);
    expect(typedOf(wrong).errors).toEqual({
      ...{ amount: "amountWrong", direction: "chooseDirection", reason: "needsLongReason" },
    });
    // In the order of the form, as a reader goes through them.
    expect(Object.keys(typedOf(wrong).errors)).toEqual(["direction", "amount", "reason"]);
    expect(typedOf(wrong).values).toMatchObject({ amount: "一百", eventOn: TODAY });
    const untouched = await acts(desk.preparer.actor, {
      ...{ intent: "ask", id: randomUUID(), reason: "年中追加奖励资金", ...adjust() },
    });
    expect(untouched.status).toBe(403);
    expect((await acts(desk.preparer.actor, { intent: "agree" })).status).toBe(400);
    expect((await acts(desk.preparer.actor, { intent: "decline", requestId: randomUUID() })).status).toBe(
      400,
    );
  });

  it("shows what waits with who asked, and the second person's touch carries it out", async () => {
    const { id, answer } = await ask(adjust());
    expect([answer.status, answer.location]).toEqual([302, "/staff/budget/acts?done=asked"]);
    const rows = (await acts(desk.approver.actor)).field("rows") as { id: string; outcome: string | null }[];
    expect(rows.find((row) => row.id === id)).toMatchObject({
      ...{ outcome: null, asked: { kind: "adjust", amountFen: 1_500_000n } },
      by: { id: desk.preparer.actor.id },
    });
    expect((await agree(id)).location).toBe("/staff/budget/acts?done=agreed");
    const raised = async () =>
      (await readBalances(test.db, desk.preparer.actor)).find(({ fundId }) => fundId === desk.fundId)
        ?.budgets[0]?.appropriationFen;
    expect(await raised()).toBe(101_500_000n);
    // A second click is the same act.
    expect((await agree(id)).location).toBe("/staff/budget/acts?done=agreed");
    expect(await raised()).toBe(101_500_000n);
  });

  it("works out a year's closing before it is asked for, and posts nothing", async () => {
    const plain = await acts(desk.preparer.actor);
    expect(plain.field("plan")).toBeNull();
    const count = async () =>
      (await test.db.pool.query<{ n: number }>("select count(*)::int as n from ledger_transactions")).rows[0]
        ?.n;
    const before = await count();
    for (const carry of ["yes", "no"] as const) {
      const answer = await acts(desk.preparer.actor, undefined, `?close=${desk.budgetId}&carry=${carry}`);
      const plan = answer.field("plan") as Record<string, bigint>;
      expect(plan["availableFen"]).toBeGreaterThan(0n);
      expect(plan[carry === "yes" ? "carriedFen" : "lapsedFen"]).toBe(plan["availableFen"]);
      expect(answer.field("planRefused")).toBe(refusalSentence("year_running"));
    }
    expect(await count()).toBe(before);
    expect((await acts(desk.preparer.actor, undefined, `?close=${randomUUID()}`)).status).toBe(404);
  });

  it("of one award shows its own acts alone, and what came back is entered by the approver, once", async () => {
    const award = await makePaid();
    const search = `?award=${award.awardId}`;
    // The order to pay it is its own act by two.
    const seen = await acts(desk.approver.actor, undefined, search);
    expect(seen.field("rows")).toMatchObject([{ asked: { kind: "pay" }, outcome: "agreed" }]);
    const { id, answer } = await ask({
      ...{ kind: "clawback", awardId: award.awardId, amount: "100", ground: "wrong-facts" },
    });
    expect(answer.location).toBe(`/staff/budget/acts?done=asked&award=${award.awardId}`);
    expect((await agree(id, award.awardId)).location).toContain(`award=${award.awardId}`);
    const shown = await acts(desk.approver.actor, undefined, search);
    expect((shown.field("rows") as object[]).length).toBe(2);
    expect(shown.field("award")).toMatchObject({ clawback: { orderedFen: 10_000n, settledFen: 0n } });
    const form = {
      ...{
        intent: "receive",
        awardId: award.awardId,
        amount: "60",
        eventOn: TODAY,
        requestKey: randomUUID(),
      },
    };
    const short = await acts(desk.approver.actor, { ...form, amount: "" });
    expect([short.status, short.field("intent"), typedOf(short).errors]).toEqual([
      ...[400, "receive", { amount: "amountWrong" }],
    ]);
    expect((await acts(desk.preparer.actor, form)).field("refusal")).toBe(refusalSentence("wrong_role"));
    expect((await acts(asDemo(desk.approver), form)).field("refusal")).toBe(refusalSentence("needs_passkey"));
    const more = await acts(desk.approver.actor, { ...form, amount: "101" });
    expect([more.status, more.field("refusal")]).toEqual([400, refusalSentence("clawback_amount")]);
    expect(typedOf(more).values).toMatchObject({ amount: "101", requestKey: form.requestKey });
    expect((await acts(desk.approver.actor, form)).location).toContain("done=received");
    expect((await acts(desk.approver.actor, form)).location).toContain("done=same");
    const after = await acts(desk.approver.actor, undefined, search);
    expect(after.field("award")).toMatchObject({ clawback: { orderedFen: 10_000n, settledFen: 6_000n } });
  });

  it("says why it is closed, and is not there for who may not see money", async () => {
    expect((await acts(asDemo(desk.preparer))).field("closed")).toBe(refusalSentence("needs_passkey"));
    const outsider = await makeStaff(test.db, ["triage_officer"]);
    expect((await acts(outsider.actor)).status).toBe(404);
  });
});

describe("the page to hold an award", () => {
  const hold = (actor: StaffActor, awardId: string, form?: Record<string, string>): Promise<Answer> =>
    call(form ? holdAction : holdLoader, {
      ...{ portal, actor, url: `/staff/rewards/${awardId}/hold`, params: { awardId }, form },
    });

  it("holds with a reason, is lifted by another, and says why it is not one's own to do", async () => {
    const { awardId } = await makeAward(test.db, desk);
    const reason = "与另案核对是否同一事实";
    expect((await hold(desk.preparer.actor, awardId)).field("why")).toBe(refusalSentence("wrong_role"));
    const empty = await hold(desk.reviewer.actor, awardId, { intent: "place", reason: " 短 " });
    expect([empty.status, typedOf(empty).errors]).toEqual([400, { reason: "holdReason" }]);
    const refused = await hold(desk.preparer.actor, awardId, { intent: "place", reason });
    expect([refused.status, typedOf(refused).values.reason]).toEqual([403, reason]);
    const placed = await hold(desk.reviewer.actor, awardId, { intent: "place", reason });
    expect(placed.location).toBe(`/staff/rewards/${awardId}/hold?done=held`);
    const own = await hold(desk.reviewer.actor, awardId);
    expect([own.field("why"), own.field("hold")]).toMatchObject([refusalSentence("hold_own"), { reason }]);
    expect((await hold(desk.reviewer.actor, awardId, { intent: "lift", reason })).status).toBe(403);
    const twice = await hold(desk.approver.actor, awardId, { intent: "place", reason });
    expect([twice.status, twice.field("refusal")]).toEqual([409, refusalSentence("hold_exists")]);
    const lifted = await hold(desk.approver.actor, awardId, {
      intent: "lift",
      reason: "已经核对，不是同一事实",
    });
    expect(lifted.location).toBe(`/staff/rewards/${awardId}/hold?done=lifted`);
  });

  it("beside it: the page of a claim gives finance's extension, with its reason, while the award waits", async () => {
    const { awardId } = await makeAward(test.db, desk);
    await approveTo(test.db, desk, awardId, "approved");
    const page = (actor: StaffActor, form?: Record<string, string>) =>
      call(form ? claimAction : claimLoader, {
        ...{ portal, actor, url: `/staff/rewards/${awardId}/claim`, params: { awardId }, form },
      });
    expect((await page(desk.preparer.actor)).field("claim")).toBeNull();
    await test.db.pool.query(
      "insert into award_claims (award_id, told_on, claim_by) values ($1, '2026-06-01', '2026-11-30')",
      [awardId],
    );
    const form = { intent: "extend", until: "2027-01-29", reason: "举报人说明长期在外地" };
    const empty = await page(desk.preparer.actor, { intent: "extend" });
    expect([empty.status, typedOf(empty).errors]).toEqual([
      ...[400, { until: "dateWrong", reason: "payoutReason" }],
    ]);
    const early = await page(desk.preparer.actor, { ...form, until: "2026-11-01" });
    expect([early.status, typedOf(early).values.reason]).toEqual([400, form.reason]);
    expect((await page(asDemo(desk.preparer), form)).status).toBe(403);
    expect((await page(desk.preparer.actor, form)).location).toContain("claim?done=extended");
    expect((await page(desk.approver.actor)).field("claim")).toMatchObject({
      ...{ lastDay: "2027-01-29", extendedReason: form.reason },
    });
    const heirless = await page(desk.preparer.actor, {
      ...{ intent: "papers", kind: "court_decision", mark: "0".repeat(32) },
    });
    expect(heirless.status).toBe(409);
    const outsider = await makeStaff(test.db, ["agency_officer"]);
    expect((await page(outsider.actor)).status).toBe(404);
  });

  it("is not there for another award, another role or a broken address", async () => {
    const outsider = await makeStaff(test.db, ["agency_officer"]);
    const { awardId } = await makeAward(test.db, desk);
    expect((await hold(outsider.actor, awardId)).status).toBe(404);
    expect((await hold(desk.reviewer.actor, randomUUID())).status).toBe(404);
    expect((await hold(desk.reviewer.actor, "x")).status).toBe(404);
  });
});

describe("what lies ahead of a budget", () => {
  const warnedOf = async (budgetId: string) =>
    (
      await test.db.pool.query<{ percent: number }>(
        "select percent from budget_warnings where budget_id = $1 order by percent",
        [budgetId],
      )
    ).rows.map(({ percent }) => percent);
  const dryOf = async (of: Desk) =>
    (await listWarnings(test.db, await readBalances(test.db, of.approver.actor), of.approver.actor)).find(
      ({ budgetId }) => budgetId === of.budgetId,
    );

  it("a threshold is told once, to those who approve, and the next one again", async () => {
    await warnBudgets(portal);
    // ¥49,995 of ¥62,000 is 80 percent; with ¥9,999 more it is 96.
    const of = await makeDesk(test.db, 6_200_000n);
    expect(await dryOf(of)).toBeUndefined();
    const first = await makeAward(test.db, of);
    await approveTo(test.db, of, first.awardId, "approved");
    expect(await warnBudgets(portal)).toBe(1);
    expect(await warnBudgets(portal)).toBe(0);
    expect(await warnedOf(of.budgetId)).toEqual([80]);
    expect(await dryOf(of)).toMatchObject({ used: 80, percent: 80 });
    const small = await makeFinding(test.db);
    const done = await assessAward(test.db, assessmentOf(small, of, { grade: 2 }), of.preparer.actor, CLOCK);
    await approveTo(test.db, of, done.awards[0]?.id ?? "", "approved");
    expect(await warnBudgets(portal)).toBe(1);
    expect(await warnedOf(of.budgetId)).toEqual([80, 90]);
    expect(await dryOf(of)).toMatchObject({ used: 96, percent: 90 });
    const mails = await test.db.pool.query<{ staff_id: string; data: object }>(
      "select staff_id, data from staff_mails where kind = 'budget' and data ->> 'budget' = $1 and staff_id in ($2, $3) order by created_at",
      [of.budgetId, of.approver.actor.id, of.preparer.actor.id],
    );
    expect(mails.rows.map(({ staff_id }) => staff_id)).toEqual([of.approver.actor.id, of.approver.actor.id]);
    const page = await call(budgetLoader, { portal, actor: of.preparer.actor, url: "/staff/budget" });
    expect(page.field("dry")).toContainEqual(expect.objectContaining({ budgetId: of.budgetId, percent: 90 }));
  });

  it("the office's own thresholds are used where it sets them", async () => {
    const of = await makeDesk(test.db, 10_000_000n);
    const award = await makeAward(test.db, of);
    await approveTo(test.db, of, award.awardId, "approved");
    expect(await dryOf(of)).toBeUndefined();
    await test.db.orm.insert(settings).values({ key: "budget.warnings", value: [40, 95] });
    expect(await dryOf(of)).toMatchObject({ used: 49, percent: 40 });
    await warnBudgets(portal);
    expect(await warnedOf(of.budgetId)).toEqual([40]);
  });

  it("findings without a computation are summed by the office's scheme, those kept to the office left out", async () => {
    const before = await readContingent(test.db, OWN, desk.preparer.actor, CLOCK);
    // Grade 2: 0.01 percent of ¥99,990,000.
    const plain = await makeFinding(test.db);
    await makeFinding(test.db, { status: "recorded" });
    await makeFinding(test.db, { wantsReward: false });
    const kept = await makeFinding(test.db);
    await test.db.pool.query("update leads set leading_office_only = true where id = $1", [kept.leadId]);
    const after = await readContingent(test.db, OWN, desk.preparer.actor, CLOCK);
    expect(after.leads - before.leads).toBe(2);
    expect(after.likelyFen - before.likelyFen).toBe(2n * 999_900n);
    // By the version in force, whatever is shipped: one that pays twice as much.
    const rates = async (from: string, to: string) => {
      await test.owner.query("alter table schemes disable trigger user");
      await test.owner.query(
        `update schemes set content = replace(content::text, '"rate": "${from}"', '"rate": "${to}"')::jsonb where scheme_id = 'jinhua-default'`,
      );
      await test.owner.query("alter table schemes enable trigger user");
      return readContingent(test.db, OWN, desk.preparer.actor, CLOCK);
    };
    expect((await rates("0.01%", "0.03%")).likelyFen).toBe(3n * after.likelyFen);
    expect(await rates("0.03%", "0.01%")).toEqual(after);
    await assessAward(test.db, assessmentOf(plain, desk), desk.preparer.actor, CLOCK);
    expect((await readContingent(test.db, OWN, desk.preparer.actor, CLOCK)).leads).toBe(after.leads - 1);
    const outsider = await makeStaff(test.db, ["agency_officer"]);
    expect(await refusalOf(readContingent(test.db, OWN, outsider.actor, CLOCK))).toBe("not_found");
    const page = await call(budgetLoader, { portal, actor: desk.preparer.actor, url: "/staff/budget" });
    const { likelyFen, restFen, verifying } = page.field("contingent") as {
      likelyFen: bigint;
      restFen: bigint;
      verifying: { likelyFen: bigint };
    };
    const free = (await readBalances(test.db, desk.preparer.actor))
      .flatMap(({ budgets }) => budgets)
      .reduce((sum, { availableFen }) => sum + availableFen, 0n);
    expect(likelyFen + verifying.likelyFen + restFen).toBe(free);
  });

  it("findings are estimated by the scheme the pack names, or the default where nobody brought that one", async () => {
    const by = (schemeId: string) => readContingent(test.db, { schemeId }, desk.preparer.actor, CLOCK);
    expect(await by("csrc-old")).toMatchObject({ schemeId: "csrc-2026", grade: null });
    expect((await by("shanghai-fixed")).likelyFen).toBeGreaterThan(0n);
    expect(await by("of-the-county")).toMatchObject({ schemeId: "jinhua-default", grade: 2 });
  });

  it("leads being looked into are estimated by what leads were awarded lately, those kept to the office left out", async () => {
    const read = async () => (await readContingent(test.db, OWN, desk.preparer.actor, CLOCK)).verifying;
    const before = await read();
    const [ahead, kept, found] = [
      await makeFinding(test.db),
      await makeFinding(test.db),
      await makeFinding(test.db),
    ];
    const unasked = await makeFinding(test.db, { wantsReward: false });
    const looking = [ahead, kept, found, unasked].map(({ leadId }) => leadId);
    await test.owner.query("update leads set stage = 'investigating' where id = any($1)", [looking]);
    await test.owner.query("update leads set leading_office_only = true where id = $1", [kept.leadId]);
    await test.owner.query("delete from findings where lead_id = any($1) and lead_id <> $2", [
      looking,
      found.leadId,
    ]);
    const { rows } = await test.owner.query<{ average: string }>(
      `select floor(sum(a.amount_fen) / count(distinct a.lead_id))::bigint::text as average from awards a
        where a.status in ('approved', 'accepted', 'posted', 'paid')`,
    );
    const after = await read();
    expect(after.leads - before.leads).toBe(1);
    expect(after.averageFen).toBe(BigInt(rows[0]?.average ?? "0"));
    expect(after.averageFen).toBeGreaterThan(0n);
    expect(after.likelyFen).toBe(BigInt(after.leads) * (after.averageFen ?? 0n));
    const inTwoYears = { ...CLOCK, now: () => new Date(CLOCK.now().getTime() + 730 * 86_400_000) };
    const later = (await readContingent(test.db, OWN, desk.preparer.actor, inTwoYears)).verifying;
    expect(later).toEqual({ leads: after.leads, more: false, averageFen: null, likelyFen: 0n });
  });
});
