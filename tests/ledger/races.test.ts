import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { actByTwo, digestOf } from "~tests/factories/by-two";
import {
  CLOCK,
  TODAY,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeFinding } from "~tests/factories/make-finding";
import { makeStaff } from "~tests/factories/make-staff";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { accountsOf, post } from "./raw-posting";

const test = testDatabase();

let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
});

async function count(text: string, id: string): Promise<number> {
  const { rows } = await test.db.pool.query<{ n: number }>(`select count(*)::int as n from ${text}`, [id]);
  return rows[0]?.n ?? -1;
}

async function budgetOf(of: Desk) {
  const fund = (await readBalances(test.db, of.approver.actor)).find((each) => each.fundId === of.fundId);
  return { ...fund?.budgets[0], payable: fund?.financial.payable };
}

describe("of several at once exactly one takes effect", () => {
  it("two approvers", async () => {
    const own = await makeDesk(test.db, 10_000_000n);
    const second = await makeStaff(test.db, ["finance_approver"]);
    const award = await makeAward(test.db, own);
    await approveTo(test.db, own, award.awardId, "reviewed");
    const outcomes = await Promise.all(
      [own.approver, second].map((person) => refusalOf(signAs(test.db, person, award.awardId, "approve"))),
    );
    expect(outcomes.sort()).toEqual(["accepted", "award_moved"]);
    expect(await budgetOf(own)).toMatchObject({ encumberedFen: award.amountFen });
    expect(
      await count(
        "approval_steps s join vouchers v on v.id = s.voucher_id where v.award_id = $1",
        award.awardId,
      ),
    ).toBe(3);
  });

  it("an approval and a rejection", async () => {
    const second = await makeStaff(test.db, ["finance_approver"]);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const outcomes = await Promise.all([
      refusalOf(signAs(test.db, desk.approver, award.awardId, "approve")),
      refusalOf(signAs(test.db, second, award.awardId, "reject")),
    ]);
    expect(outcomes.sort()).toEqual(["accepted", "award_moved"]);
  });

  it("five acceptances", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "approved");
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => acceptAs(test.db, award, CLOCK)));
    expect(outcomes.filter((outcome) => outcome.isNew)).toHaveLength(1);
    expect(await count("events where action = 'award.accepted' and subject_id = $1", award.awardId)).toBe(1);
  });

  it("five postings, then five payments, then five bounces", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const before = await budgetOf(desk);
    const five = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, work));
    const posted = await five(() => postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK));
    expect(posted.filter((each) => each.isNew)).toHaveLength(1);
    expect(new Set(posted.map((each) => each.transactionId)).size).toBe(1);
    expect((await budgetOf(desk)).payable).toBe((before.payable ?? 0n) + award.amountFen);
    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK-RACE-1" };
    await orderPayment(test.db, award.awardId, CLOCK);
    const paid = await five(() => recordPayment(test.db, payment, desk.cashier.actor, CLOCK));
    expect(paid.filter((each) => each.isNew)).toHaveLength(1);
    expect(new Set(paid.map((each) => each.payoutId)).size).toBe(1);
    expect((await budgetOf(desk)).payable).toBe(before.payable);
    const bounce = { payoutId: paid[0]?.payoutId ?? "", eventOn: TODAY };
    const requestId = randomUUID();
    const back = { kind: "bounce" as const, awardId: award.awardId, ...bounce };
    await askRequest(
      test.db,
      { ...back, id: requestId, reason: "银行回单写明退票" },
      desk.preparer.actor,
      CLOCK,
    );
    const agree = { requestId, digest: await digestOf(test.db, requestId) };
    const bounced = await five(() => agreeToRequest(test.db, agree, desk.approver.actor, CLOCK));
    expect(bounced.filter((each) => each.isNew)).toHaveLength(1);
    // Of a second word about the same payment nothing more comes back.
    expect(await refusalOf(bounceByHand(test.db, { ...bounce, bouncedOn: TODAY }, CLOCK))).toBe("not_paid");
    expect((await budgetOf(desk)).payable).toBe((before.payable ?? 0n) + award.amountFen);
  });

  it("of a payment and the withdrawal of its order one goes first", async () => {
    for (let at = 0; at < 3; at += 1) {
      const award = await makeAcceptedAward(test.db, desk);
      await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
      const order = { kind: "pay" as const, awardId: award.awardId };
      const two = { asker: desk.preparer, agreer: desk.approver, clock: CLOCK };
      const requestId = await actByTwo(test.db, order, two);
      const payment = { awardId: award.awardId, paidOn: TODAY, reference: `BK-WITHDRAWN-${at}` };
      const end = { kind: "end_order" as const, awardId: award.awardId, orderId: requestId };
      const id = randomUUID();
      await askRequest(test.db, { ...end, id, reason: "改列付款批次" }, desk.preparer.actor, CLOCK);
      const agree = { requestId: id, digest: await digestOf(test.db, id) };
      const second = await makeStaff(test.db, ["finance_approver"]);
      const [paid, ...ended] = await Promise.all([
        refusalOf(recordPayment(test.db, payment, desk.cashier.actor, CLOCK)),
        refusalOf(agreeToRequest(test.db, agree, desk.approver.actor, CLOCK)),
        refusalOf(agreeToRequest(test.db, agree, second.actor, CLOCK)),
      ]);
      expect([
        ["accepted", "order_spent", "order_spent"],
        ["payment_not_ordered", "accepted", "request_settled"],
        ["payment_not_ordered", "request_settled", "accepted"],
      ]).toContainEqual([paid, ...ended]);
      const payments = await count("payouts where award_id = $1", award.awardId);
      expect(payments).toBe(paid === "accepted" ? 1 : 0);
    }
  });

  it("five cashiers with five references", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    await orderPayment(test.db, award.awardId, CLOCK);
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5].map(async (at) => {
        const cashier = await makeStaff(test.db, ["cashier"]);
        const payment = { awardId: award.awardId, paidOn: TODAY, reference: `BK-FIVE-${at}` };
        return refusalOf(recordPayment(test.db, payment, cashier.actor, CLOCK));
      }),
    );
    expect(outcomes.sort()).toEqual([
      "accepted",
      "already_paid",
      "already_paid",
      "already_paid",
      "already_paid",
    ]);
    expect(await count("payouts where award_id = $1", award.awardId)).toBe(1);
  });

  it("two preparers assessing one lead, first and anew", async () => {
    const second = await makeStaff(test.db, ["finance_preparer"]);
    const finding = await makeFinding(test.db, { tips: 2 });
    const both = (replaces: string | null) =>
      Promise.all(
        [desk.preparer, second].map((person) =>
          refusalOf(assessAward(test.db, assessmentOf(finding, desk, { replaces }), person.actor, CLOCK)),
        ),
      );
    expect((await both(null)).sort()).toEqual(["accepted", "assessment_changed"]);
    expect(await count("awards where lead_id = $1 and status = 'drafted'", finding.leadId)).toBe(2);
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select id from reward_pools where lead_id = $1 and status = 'live'",
      [finding.leadId],
    );
    expect((await both(rows[0]?.id ?? null)).sort()).toEqual(["accepted", "assessment_changed"]);
    expect(await count("reward_pools where lead_id = $1 and status = 'live'", finding.leadId)).toBe(1);
    expect(await count("awards where lead_id = $1 and status = 'drafted'", finding.leadId)).toBe(2);
  });

  it("an approval and a reassessment of the same award", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const again = assessmentOf(award.finding, desk, { replaces: award.poolId });
    const outcomes = await Promise.all([
      refusalOf(signAs(test.db, desk.approver, award.awardId, "approve")),
      refusalOf(assessAward(test.db, again, desk.preparer.actor, CLOCK)),
    ]);
    expect([
      ["accepted", "assessment_approved"],
      ["award_moved", "accepted"],
    ]).toContainEqual(outcomes);
  });

  it("two awards, money for one", async () => {
    const poor = await makeDesk(test.db, 5_000_000n);
    const awards = [await makeAward(test.db, poor), await makeAward(test.db, poor)];
    const second = await makeStaff(test.db, ["finance_approver"]);
    for (const award of awards) await approveTo(test.db, poor, award.awardId, "reviewed");
    const outcomes = await Promise.all(
      [poor.approver, second].map((person, at) =>
        refusalOf(signAs(test.db, person, awards[at]?.awardId ?? "", "approve")),
      ),
    );
    expect(outcomes.sort()).toEqual(["accepted", "insufficient_budget"]);
    expect(await budgetOf(poor)).toMatchObject({ availableFen: 500n, encumberedFen: 4_999_500n });
  });

  it("one request posted five times, and one agreement given five times", async () => {
    const own = await makeDesk(test.db, 8n);
    const request = { fundId: own.fundId, amountFen: 9n, eventOn: TODAY, requestKey: "race-five" };
    const five = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, work));
    const entered = await five(() => receiveFunds(test.db, request, own.approver.actor, CLOCK));
    expect(entered.filter((outcome) => outcome.isNew)).toHaveLength(1);
    const requestId = randomUUID();
    const asked = { kind: "adjust", budgetId: own.budgetId, amountFen: 9n, eventOn: TODAY } as const;
    await askRequest(test.db, { ...asked, id: requestId, reason: "年中追加额度" }, own.preparer.actor, CLOCK);
    const digest = await digestOf(test.db, requestId);
    const agreed = await five(() =>
      agreeToRequest(test.db, { requestId, digest }, own.approver.actor, CLOCK),
    );
    expect(agreed.filter((outcome) => outcome.isNew)).toHaveLength(1);
    expect(await budgetOf(own)).toMatchObject({ appropriationFen: 17n });
  });

  it("numbers given by several at once have no gap and no double", async () => {
    const of = await accountsOf(test.db.pool, desk.budgetId);
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        post(test.db.pool, {
          event: "funds.received",
          eventOn: at % 2 === 0 ? "2026-06-01" : "2025-12-31",
          fundId: desk.fundId,
          entries: [[of("treasury"), of("funding"), 1n]],
        }),
      ),
    );
    const given = await Promise.all(Array.from({ length: 4 }, () => numberVouchers(test.db)));
    expect(given.reduce((sum, each) => sum + each, 0)).toBe(12);
    // Raw postings have no act that tells of them.
    await test.db.pool.query(
      `insert into events (id, recorded_on, recorded_at, actor_kind, action, subject_table, subject_id, data)
       select gen_random_uuid(), '2026-06-01', now(), 'system', event, 'funds', $1,
              jsonb_build_object('transaction', id, 'eventOn', event_on) from ledger_transactions where actor_id is null`,
      [desk.fundId],
    );
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });
});
