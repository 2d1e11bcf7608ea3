import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { action as budgetAction, loader as budgetLoader } from "~/routes/staff.budget";
import { action as payAction, loader as payLoader } from "~/routes/staff.payments";
import { loader as reconciliationLoader } from "~/routes/staff.reconciliation";
import { refusalSentence } from "~server/ledger/refusals.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { holdAward, liftHold } from "~server/rewards/hold-award.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { financePortal } from "~tests/factories/finance-portal";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import {
  CLOCK,
  makeAcceptedAward,
  makeDesk,
  TODAY,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { asDemo, makeStaff } from "~tests/factories/make-staff";
import { orderPayment } from "~tests/factories/pay-by-hand";
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

const budget = (actor: StaffActor, form?: Record<string, string>, search = ""): Promise<Answer> =>
  call(form ? budgetAction : budgetLoader, { portal, actor, url: `/staff/budget${search}`, form });
const payments = (actor: StaffActor, form?: Record<string, string>, search = ""): Promise<Answer> =>
  call(form ? payAction : payLoader, { portal, actor, url: `/staff/payments${search}`, form });
const typedOf = (answer: Answer) =>
  answer.field("state") as { values: object; errors: Record<string, string> };

describe("the budget page", () => {
  const receive = (more: Record<string, string> = {}) => ({
    intent: "receive",
    fundId: desk.fundId,
    amount: "１２万",
    eventOn: "2026年5月6日",
    requestKey: randomUUID(),
    ...more,
  });

  it("shows every fund by year with both books, and the journal with its voucher numbers, page by page", async () => {
    const answer = await budget(desk.preparer.actor);
    const funds = answer.field("funds") as { fundId: string; budgets: object[]; financial: object }[];
    const fund = funds.find(({ fundId }) => fundId === desk.fundId);
    expect(fund?.budgets).toMatchObject([{ fiscalYear: 2026, appropriationFen: 100_000_000n }]);
    expect(fund?.financial).toMatchObject({ treasury: 100_000_000n, payable: 0n });
    expect((answer.field("journal") as { voucher: string }[])[0]?.voucher).toMatch(/^2026-\d{6}$/);
    for (let at = 0; at < 20; at += 1) await budget(desk.approver.actor, receive({ amount: "1" }));
    const full = await budget(desk.preparer.actor);
    const older = full.field("older") as string;
    const next = await budget(desk.preparer.actor, undefined, `?before=${older}`);
    expect(next.field("paged")).toBe(true);
    const ids = (page: Answer) => (page.field("journal") as { id: string }[]).map(({ id }) => id);
    expect(ids(full)).toHaveLength(20);
    expect(ids(next).some((id) => ids(full).includes(id))).toBe(false);
  });

  it("enters what arrived once however often the same form is posted; opening and approving take two", async () => {
    const form = receive();
    const answers = await Promise.all([1, 2, 3].map(() => budget(desk.approver.actor, form)));
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302]);
    expect(answers.filter(({ location }) => location?.endsWith("done=received"))).toHaveLength(1);
    const other = await budget(desk.approver.actor, { ...form, amount: "13万" });
    expect([other.status, other.field("refusal")]).toEqual([409, refusalSentence("key_reused")]);
    expect(typedOf(other).values).toMatchObject({ amount: "13万", requestKey: form.requestKey });
    const count = async () => (await test.db.pool.query("select 1 from budgets")).rowCount;
    const before = await count();
    for (const intent of ["open", "approve"]) {
      const old = {
        intent,
        source: "区级举报奖励资金",
        slug: "district-fund",
        fiscalYear: "2027",
        amount: "5",
      };
      expect((await budget(desk.approver.actor, old)).status).toBe(400);
    }
    expect(await count()).toBe(before);
  });

  it("keeps what was typed beside each fault, down to the empty form", async () => {
    const wrong = await budget(desk.approver.actor, receive({ amount: "一百", eventOn: "2026-02-30" }));
    expect([wrong.status, wrong.field("intent")]).toEqual([400, "receive"]);
    expect(typedOf(wrong).errors).toEqual({
      amount: "amountWrong",
      eventOn: "dateWrong",
    });
    expect(typedOf(wrong).values).toMatchObject({ amount: "一百", eventOn: "2026-02-30" });
    const empty = await budget(desk.approver.actor, { intent: "receive" });
    expect([empty.status, Object.keys(typedOf(empty).errors).length > 0]).toEqual([400, true]);
    for (const amount of ["0", "-5", "1.005"])
      expect(typedOf(await budget(desk.approver.actor, receive({ amount }))).errors.amount).toBe(
        "amountWrong",
      );
    const late = await budget(desk.approver.actor, receive({ eventOn: "2026-06-02" }));
    expect([late.status, typedOf(late).errors]).toEqual([400, { eventOn: "budgetDay" }]);
  });

  it("records funds received, once", async () => {
    const form = {
      intent: "receive",
      fundId: desk.fundId,
      amount: "1,000.50",
      eventOn: TODAY,
      requestKey: randomUUID(),
    };
    expect((await budget(desk.approver.actor, form)).location).toBe("/staff/budget?done=received");
    expect((await budget(desk.approver.actor, form)).location).toBe("/staff/budget?done=same");
  });

  it("is the approver's to act on; others read why not, and the guard of the ledger holds besides", async () => {
    expect((await budget(desk.approver.actor)).field("closed")).toBeNull();
    expect((await budget(desk.preparer.actor)).field("closed")).toBe("这一步由财务审批办理。");
    expect((await budget(asDemo(desk.approver))).field("closed")).toBe(refusalSentence("needs_passkey"));
    const refused = await budget(desk.preparer.actor, receive());
    expect([refused.status, refused.field("refusal")]).toEqual([403, refusalSentence("wrong_role")]);
    const demo = await budget(asDemo(desk.approver), receive());
    expect(demo.field("refusal")).toBe(refusalSentence("needs_passkey"));
    const outsider = await makeStaff(test.db, ["agency_officer"]);
    expect((await budget(outsider.actor)).status).toBe(404);
  });
});

describe("the payments page", () => {
  const accepted = () => makeAcceptedAward(test.db, desk);
  const posted = async (): Promise<TestAward> => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    await orderPayment(test.db, award.awardId, CLOCK);
    return award;
  };
  const pay = (award: TestAward, more: Record<string, string> = {}) => ({
    intent: "pay",
    awardId: award.awardId,
    paidOn: TODAY,
    reference: `BK20260601-${randomUUID().slice(0, 4).toUpperCase()}`,
    ...more,
  });

  it("opens on each person's own queue, by code name and amount alone", async () => {
    const award = await posted();
    const cashier = await payments(desk.cashier.actor);
    expect([cashier.field("state"), cashier.field("mayOpen"), cashier.field("closed")]).toEqual([
      "posted",
      false,
      null,
    ]);
    expect(cashier.text).toContain(award.awardId);
    expect(cashier.text).not.toContain(award.tipId);
    const preparer = await payments(desk.preparer.actor);
    expect([preparer.field("state"), preparer.field("mayOpen")]).toEqual(["accepted", true]);
    expect((await payments(desk.preparer.actor, undefined, "?state=posted")).field("closed")).toBe(
      "这一步由出纳办理。",
    );
    expect((await payments(asDemo(desk.cashier))).field("closed")).toBe(refusalSentence("needs_passkey"));
  });

  it("pays once, however often the form is posted, and says so of another payment of it", async () => {
    const award = await posted();
    const form = pay(award);
    const answers = await Promise.all([1, 2].map(() => payments(desk.cashier.actor, form)));
    expect(answers.map(({ status }) => status)).toEqual([302, 302]);
    expect(answers[0]?.location).toMatch(/done=paid&code=[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    const { rows } = await test.db.pool.query("select 1 from payouts where award_id = $1", [award.awardId]);
    expect(rows).toHaveLength(1);
    const other = await payments(desk.cashier.actor, pay(award));
    expect([other.status, other.field("refusal")]).toEqual([409, refusalSentence("already_paid")]);
  });

  it("keeps a wrong reference in its row and says how one is written", async () => {
    const award = await posted();
    const wrong = ["", "20260601", "bk20260601", "BK6222021234567890123", "BK13800138000", "BK张三1234"];
    for (const reference of wrong) {
      const answer = await payments(desk.cashier.actor, pay(award, { reference }));
      expect([reference, answer.status, answer.field("awardId")]).toEqual([reference, 400, award.awardId]);
      expect(typedOf(answer)).toMatchObject({
        values: { reference },
        errors: { reference: "referenceWrong" },
      });
    }
    const used = pay(award);
    await payments(desk.cashier.actor, used);
    const second = await posted();
    const again = await payments(desk.cashier.actor, pay(second, { reference: used.reference }));
    expect([again.status, again.field("refusal")]).toEqual([409, null]);
    expect(typedOf(again)).toMatchObject({
      values: { reference: used.reference },
      errors: { reference: "referenceUsed" },
    });
    const early = await payments(desk.cashier.actor, pay(second, { paidOn: "2026-05-31" }));
    expect(typedOf(early).errors).toEqual({ paidOn: "paymentDay" });
  });

  it("takes a returned payment back once and lets the award be paid anew", async () => {
    const award = await posted();
    await payments(desk.cashier.actor, pay(award));
    const rowsOf = async (state: string) =>
      (await payments(desk.cashier.actor, undefined, `?state=${state}`)).field("rows") as {
        awardId: string;
        payout: { id: string } | null;
        mayReturn: boolean;
        bounced: string[];
      }[];
    const paid = (await rowsOf("paid")).find(({ awardId }) => awardId === award.awardId);
    const payoutId = paid?.payout?.id ?? "";
    expect(paid?.mayReturn).toBe(true);
    // The cashier's word alone is no form of this page any more.
    const old = { intent: "bounce", awardId: award.awardId, payoutId, bouncedOn: TODAY };
    expect((await payments(desk.cashier.actor, old)).status).not.toBe(500);
    expect((await rowsOf("paid")).some(({ awardId }) => awardId === award.awardId)).toBe(true);
    await bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
    const waiting = (await rowsOf("posted")).find(({ awardId }) => awardId === award.awardId);
    expect(waiting?.bounced).toHaveLength(1);
    const unordered = await payments(desk.cashier.actor, pay(award));
    expect([unordered.status, unordered.field("refusal")]).toEqual([
      ...[409, refusalSentence("payment_not_ordered")],
    ]);
    await orderPayment(test.db, award.awardId, CLOCK);
    expect((await payments(desk.cashier.actor, pay(award))).status).toBe(302);
  });

  it("books the very rows it showed, names what it left out, and books that when tried again", async () => {
    const [one, two, held] = [await accepted(), await accepted(), await accepted()];
    await holdAward(test.db, { awardId: held.awardId, reason: "核对预算科目" }, desk.reviewer.actor, CLOCK);
    const whole = await payments(desk.preparer.actor, undefined, "?state=accepted&all=1");
    const shown = (whole.field("rows") as { awardId: string }[]).map(({ awardId }) => awardId);
    expect(shown).toEqual(expect.arrayContaining([one.awardId, two.awardId, held.awardId]));
    const later = await accepted();
    const form = { intent: "post_all", awardIds: [one.awardId, two.awardId, held.awardId] };
    const partly = await call(payAction, {
      portal,
      actor: desk.preparer.actor,
      url: "/staff/payments",
      form,
    });
    expect([partly.status, partly.field("set")]).toMatchObject([
      409,
      { posted: 2, already: 0, refused: [{ awardId: held.awardId, why: refusalSentence("award_held") }] },
    ]);
    expect(partly.text).not.toContain(later.awardId);
    const lift = { awardId: held.awardId, reason: "科目核对无误" };
    await liftHold(test.db, lift, desk.approver.actor, CLOCK);
    const again = await call(payAction, { portal, actor: desk.preparer.actor, url: "/staff/payments", form });
    expect(again.location).toBe("/staff/payments?state=accepted&done=posted_all&count=3");
    const status = async (award: TestAward) =>
      (
        await test.db.pool.query<{ status: string }>("select status from awards where id = $1", [
          award.awardId,
        ])
      ).rows[0]?.status;
    expect([await status(one), await status(held), await status(later)]).toEqual([
      "posted",
      "posted",
      "accepted",
    ]);
    const { rows } = await test.db.pool.query(
      "select 1 from ledger_transactions where event = 'award.posted' and award_id = $1",
      [one.awardId],
    );
    expect(rows).toHaveLength(1);
    for (const actor of [desk.cashier.actor, asDemo(desk.preparer)])
      expect((await call(payAction, { portal, actor, url: "/staff/payments", form })).status).toBe(403);
    expect((await payments(desk.preparer.actor, { intent: "post_all" })).status).toBe(400);
  });

  it("keeps booking and paying apart", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const cashier = await payments(desk.cashier.actor, { intent: "post", awardId: award.awardId });
    expect([cashier.status, cashier.field("refusal")]).toEqual([403, refusalSentence("wrong_role")]);
    const booked = await payments(desk.reviewer.actor, { intent: "post", awardId: award.awardId });
    expect(booked.location).toContain("done=posted");
    const preparer = await payments(desk.preparer.actor, pay(award));
    expect(preparer.field("refusal")).toBe(refusalSentence("wrong_role"));
    const demo = await payments(asDemo(desk.cashier), pay(award));
    expect(demo.field("refusal")).toBe(refusalSentence("needs_passkey"));
    const gone = await payments(desk.cashier.actor, pay({ ...award, awardId: randomUUID() }));
    expect(gone.status).toBe(404);
    const outsider = await makeStaff(test.db, ["triage_officer"]);
    expect((await payments(outsider.actor)).status).toBe(404);
  });
});

describe("the page of the bank's statements", () => {
  it("says of a month that is none how months are written, and shows this one meanwhile", async () => {
    const month = async (typed: string) => {
      const answer = await call(reconciliationLoader, {
        ...{ portal, actor: desk.reviewer.actor, url: `/staff/reconciliation?month=${typed}` },
      });
      return [answer.status, answer.field("month"), answer.field("monthTyped")];
    };
    expect(await month("2026-05")).toEqual([200, "2026-05", null]);
    expect(await month("2026-13")).toEqual([200, TODAY.slice(0, 7), "2026-13"]);
    expect(await month("")).toEqual([200, TODAY.slice(0, 7), null]);
  });
});
