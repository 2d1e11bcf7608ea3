import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { randomUUID } from "node:crypto";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { withActor } from "~db/with-actor.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { actByTwo, digestOf } from "~tests/factories/by-two";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  openEmptyYear,
  type Desk,
} from "~tests/factories/make-award";
import { asDemo, makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { orderPayment, payByHand } from "~tests/factories/pay-by-hand";
import { acceptAs, reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();

let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
});

const receive = (
  more: Partial<Parameters<typeof receiveFunds>[1]> = {},
  actor: Actor = desk.approver.actor,
) =>
  receiveFunds(
    test.db,
    { fundId: desk.fundId, amountFen: 5n, eventOn: TODAY, requestKey: randomUUID(), ...more },
    actor,
    CLOCK,
  );

describe("budgets and funds", () => {
  it("the approver alone enters what arrived, signed in by passkey", async () => {
    for (const actor of [desk.preparer.actor, desk.reviewer.actor, desk.cashier.actor]) {
      expect(await refusalOf(receive({}, actor))).toBe("wrong_role");
    }
    expect(await refusalOf(receive({}, asDemo(desk.approver)))).toBe("needs_passkey");
  });

  it("nothing, less than nothing, and tomorrow are refused", async () => {
    for (const amountFen of [0n, -5n]) expect(await refusalOf(receive({ amountFen }))).toBe("amount_invalid");
    expect(await refusalOf(receive({ eventOn: "2026-06-02" }))).toBe("date_invalid");
    expect(await refusalOf(receive({ fundId: randomUUID() }))).toBe("not_found");
  });

  it("the same request is one posting, and a changed one under its key is refused", async () => {
    const request = { requestKey: randomUUID() };
    const first = await receive(request);
    expect(first.isNew).toBe(true);
    expect(await receive(request)).toEqual({ transactionId: first.transactionId, isNew: false });
    expect(await refusalOf(receive({ ...request, amountFen: 6n }))).toBe("key_reused");
    expect(await refusalOf(receive({ ...request, eventOn: "2026-05-31" }))).toBe("key_reused");
  });

  it("a fund and year are opened once", async () => {
    const fund = { source: "专项资金", slug: "special", fiscalYear: 2026 };
    const open = () => openEmptyYear(test.db, desk.approver, fund);
    const opened = await Promise.all([open(), open(), open()]);
    expect(new Set(opened.map((each) => each.budgetId)).size).toBe(1);
    const { rows } = await test.db.pool.query<{ n: string }>(
      "select count(*) as n from accounts where fund_id = $1",
      [opened[0]?.fundId],
    );
    expect(rows).toEqual([{ n: "11" }]);
    expect(await refusalOf(openEmptyYear(test.db, desk.approver, { ...fund, slug: "renamed" }))).toBe(
      "slug_differs",
    );
  });

  it("a wrong entry is corrected once, and not when its money is promised", async () => {
    const other = await makeDesk(test.db, 5_000_000n);
    const slip = await receive({ fundId: other.fundId, amountFen: 7n }, other.approver.actor);
    const undo = (transactionId: string, actor: Actor = other.approver.actor) =>
      correctTransaction(test.db, { transactionId }, actor, CLOCK);
    expect(await refusalOf(undo(slip.transactionId, other.cashier.actor))).toBe("wrong_role");
    const undone = await undo(slip.transactionId);
    expect(await undo(slip.transactionId)).toEqual({ ...undone, isNew: false });
    expect(await refusalOf(undo(undone.transactionId))).toBe("correction_refused");
    const award = await makeAward(test.db, other);
    await approveTo(test.db, other, award.awardId, "approved");
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select id from ledger_transactions where fund_id = $1 and event = 'budget.approved'",
      [other.fundId],
    );
    const wrong = rows[0]?.id ?? "";
    expect(await refusalOf(undo(wrong))).toBe("correction_by_two");
    const back = { kind: "adjust", budgetId: other.budgetId, amountFen: -5_000_000n } as const;
    const byTwo = actByTwo(
      test.db,
      { ...back, corrects: wrong, eventOn: TODAY },
      { asker: other.preparer, agreer: other.approver, clock: CLOCK },
    );
    expect(await refusalOf(byTwo)).toBe("below_promised");
    const fund = (await readBalances(test.db, other.approver.actor)).find(
      (each) => each.fundId === other.fundId,
    );
    expect(fund?.budgets[0]).toMatchObject({ appropriationFen: 5_000_000n, availableFen: 500n });
  });
});

describe("acceptance, posting and payment", () => {
  it("only the tip's own approved award is accepted", async () => {
    const award = await makeAward(test.db, desk);
    const other = await makeAward(test.db, desk);
    expect(await refusalOf(acceptAs(test.db, award, CLOCK))).toBe("not_found");
    await approveTo(test.db, desk, award.awardId, "approved");
    expect(await refusalOf(acceptAs(test.db, { ...award, tipId: other.tipId }, CLOCK))).toBe("not_found");
    // Nor by whoever names another's tip with a receipt of their own.
    const stranger = await reporterOf(test.db, other.tipId);
    expect(await refusalOf(acceptAward(test.db, award, stranger, CLOCK))).toBe("not_found");
    expect(await refusalOf(acceptAs(test.db, award, CLOCK))).toBe("accepted");
    const { rows } = await test.db.pool.query<{ when: Date | null; actor: string | null }>(
      "select recorded_at as when, actor_id as actor from events where action = 'award.accepted' and subject_id = $1",
      [award.awardId],
    );
    expect(rows).toEqual([{ when: null, actor: null }]);
  });

  it("posting waits for the informant and is finance's own", async () => {
    const award = await makeAward(test.db, desk);
    const post = (actor: Actor) => refusalOf(postAcceptedAward(test.db, award, actor, CLOCK));
    expect(await post(desk.preparer.actor)).toBe("award_moved");
    await approveTo(test.db, desk, award.awardId, "approved");
    expect(await post(desk.preparer.actor)).toBe("waits_for_informant");
    await acceptAs(test.db, award, CLOCK);
    expect(await post(desk.approver.actor)).toBe("wrong_role");
    expect(await post(desk.cashier.actor)).toBe("wrong_role");
    expect(await post(asDemo(desk.preparer))).toBe("needs_passkey");
    expect(await post(desk.preparer.actor)).toBe("accepted");
  });

  it("paying is the cashier's, of a posted award, on a day that can be", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK-PAY-1" };
    const pay = (more: Partial<typeof payment> = {}, actor: Actor = desk.cashier.actor) =>
      refusalOf(payByHand(test.db, { ...payment, ...more }, actor, CLOCK));
    expect(await pay()).toBe("award_moved");
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    for (const actor of [desk.preparer.actor, desk.reviewer.actor, desk.approver.actor]) {
      expect(await pay({}, actor)).toBe("wrong_role");
    }
    expect(await pay({}, asDemo(desk.cashier))).toBe("needs_passkey");
    expect(await pay({ paidOn: "2026-06-02" })).toBe("date_invalid");
    expect(await pay({ paidOn: "2026-05-31" })).toBe("date_invalid");
    expect(await pay({ paidOn: "today" })).toBe("date_invalid");
    expect(await pay({ reference: "张三" })).toBe("reference_invalid");
    expect(await pay({ reference: "BK6222-0202-0000-1234-567" })).toBe("reference_invalid");
    expect(await pay({ awardId: randomUUID() })).toBe("not_found");
    expect(await pay()).toBe("accepted");
    expect(await pay()).toBe("accepted");
    expect(await pay({ reference: "BK-PAY-2" })).toBe("already_paid");
    const { rows } = await test.db.pool.query<{ n: string }>(
      "select count(*) as n from payouts where award_id = $1",
      [award.awardId],
    );
    expect(rows).toEqual([{ n: "1" }]);
  });

  it("a transfer beside any batch is ordered by two for this very payment, and made by a third", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const pay = (reference: string) => {
      const payment = { awardId: award.awardId, paidOn: TODAY, reference };
      return recordPayment(test.db, payment, desk.cashier.actor, CLOCK);
    };
    const order = () => refusalOf(orderPayment(test.db, award.awardId, CLOCK));
    expect(await order()).toBe("award_moved");
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    expect(await refusalOf(pay("BK-ORDER-1"))).toBe("payment_not_ordered");
    // Asked for by one alone, it is no order yet; and who asked does not agree.
    const id = randomUUID();
    const asked = { id, kind: "pay" as const, awardId: award.awardId, reason: "银行批量业务停办" };
    await askRequest(test.db, asked, desk.approver.actor, CLOCK);
    expect(await refusalOf(pay("BK-ORDER-1"))).toBe("payment_not_ordered");
    const agree = { requestId: id, digest: await digestOf(test.db, id) };
    expect(await refusalOf(agreeToRequest(test.db, agree, desk.approver.actor, CLOCK))).toBe("own_request");
    const second = await makeStaff(test.db, ["finance_approver"]);
    await agreeToRequest(test.db, agree, second.actor, CLOCK);
    const { payoutId } = await pay("BK-ORDER-1");
    // An order is spent with its payment: after a bounce two order anew.
    await bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
    expect(await refusalOf(pay("BK-ORDER-2"))).toBe("payment_not_ordered");
    expect(await order()).toBe("accepted");
    expect(await refusalOf(pay("BK-ORDER-2"))).toBe("accepted");
  });

  it("a bank reference stands for one payment; that a payment by hand came back two of finance say, never one", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK-ONE-1" };
    const paid = await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
    const requestId = randomUUID();
    const back = { kind: "bounce" as const, awardId: award.awardId, payoutId: paid.payoutId, eventOn: TODAY };
    const ask = (more = {}, actor: Actor = desk.preparer.actor) => {
      const asked = { ...back, id: requestId, reason: "银行回单写明退票", ...more };
      return refusalOf(askRequest(test.db, asked, actor, CLOCK));
    };
    expect(await ask({}, desk.cashier.actor)).toBe("wrong_role");
    expect(await ask({}, asDemo(desk.preparer))).toBe("needs_passkey");
    for (const eventOn of ["2026-06-02", "2026-05-31"]) expect(await ask({ eventOn })).toBe("date_invalid");
    expect(await ask({ payoutId: randomUUID() })).toBe("not_found");
    expect(await ask({}, desk.approver.actor)).toBe("accepted");
    expect(await ask({ id: randomUUID() })).toBe("request_open");
    const agree = { requestId, digest: await digestOf(test.db, requestId) };
    for (const [person, refused] of [
      [desk.approver, "own_request"],
      [desk.cashier, "wrong_role"],
      [desk.preparer, "wrong_role"],
    ] as const)
      expect(await refusalOf(agreeToRequest(test.db, agree, person.actor, CLOCK))).toBe(refused);
    // Nor does the database take one person's word, whatever code is run.
    const alone = (person: StaffActor, request?: string) =>
      withActor(test.db, person, (tx) =>
        bouncePayment(
          tx,
          { payoutId: paid.payoutId, bouncedOn: TODAY, ...(request !== undefined && { requestId: request }) },
          person,
          CLOCK,
        ),
      );
    expect(await refusedBy(alone(desk.cashier.actor))).toBe("payouts_returned_by_two");
    const unanswered = alone(desk.cashier.actor, requestId);
    expect(await refusedBy(unanswered)).toBe("ledger_transactions_by_two");
    const second = await makeStaff(test.db, ["finance_approver"]);
    expect(await refusalOf(agreeToRequest(test.db, agree, second.actor, CLOCK))).toBe("accepted");
    expect(await refusalOf(payByHand(test.db, payment, desk.cashier.actor, CLOCK))).toBe("reference_used");
  });

  it("an order to pay by hand ends by the word of two, or after its last day", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const two = { asker: desk.preparer, agreer: desk.approver, clock: CLOCK };
    const order = (clock = CLOCK) =>
      actByTwo(test.db, { kind: "pay", awardId: award.awardId }, { ...two, clock });
    const pay = (reference: string, clock = CLOCK) => {
      const payment = { awardId: award.awardId, paidOn: TODAY, reference };
      return refusalOf(recordPayment(test.db, payment, desk.cashier.actor, clock));
    };
    const requestId = await order();
    expect(await refusalOf(order())).toBe("order_stands");
    const endId = randomUUID();
    const end = { kind: "end_order" as const, awardId: award.awardId, orderId: requestId };
    const ask = (person: TestPerson, reason = "改列付款批次", id: string = endId) =>
      refusalOf(askRequest(test.db, { ...end, id, reason }, person.actor, CLOCK));
    expect(await ask(desk.cashier)).toBe("wrong_role");
    expect(await ask(desk.approver, "改")).toBe("reason_required");
    expect(await ask(desk.approver)).toBe("accepted");
    expect(await ask(desk.reviewer, "改列付款批次", randomUUID())).toBe("request_open");
    const agreeEnd = async (person: TestPerson) =>
      refusalOf(
        agreeToRequest(
          test.db,
          { requestId: endId, digest: await digestOf(test.db, endId) },
          person.actor,
          CLOCK,
        ),
      );
    // Until another agreed the order stands, and one person's hand ends it nowhere, whatever code is run.
    expect(await agreeEnd(desk.approver)).toBe("own_request");
    expect(await agreeEnd(desk.preparer)).toBe("wrong_role");
    const write = (by: TestPerson, why: string, reason = "") =>
      refusedBy(
        withActor(test.db, by.actor, (tx) =>
          tx.execute(sql`update ledger_requests set ended_by = ${by.actor.id}, ended_at = now(), ended_why = ${why},
            reason = coalesce(nullif(${reason}, ''), reason) where id = ${requestId}`),
        ),
      );
    const second = await makeStaff(test.db, ["finance_approver"]);
    for (const one of [desk.approver, desk.preparer, second])
      expect(await write(one, "改列付款批次")).toBe("ledger_requests_ended_by_two");
    expect(await write(desk.preparer, "改列付款批次", "另一个理由")).toBe("ledger_requests_history");
    expect(await refusalOf(order())).toBe("order_stands");
    expect(await agreeEnd(second)).toBe("accepted");
    expect(await agreeEnd(second)).toBe("accepted");
    expect(await ask(desk.preparer, "改列付款批次", randomUUID())).toBe("request_settled");
    const { rows: ended } = await test.db.pool.query(
      "select ended_by as by, ended_why as why from ledger_requests where id = $1",
      [requestId],
    );
    expect(ended).toEqual([{ by: second.actor.id, why: "改列付款批次" }]);
    expect(await pay("BK-ENDED-1")).toBe("payment_not_ordered");
    // Ten working days of the calendar, 19 June (端午) being off; on the last of them it is still good.
    await order();
    const { rows } = await test.db.pool.query<{ until: string }>(
      "select max(data ->> 'until') as until from ledger_requests where award_id = $1 and ended_at is null",
      [award.awardId],
    );
    expect(rows).toEqual([{ until: "2026-06-15" }]);
    const on = (day: string) => ({ now: () => new Date(`${day}T02:00:00Z`) });
    expect(await pay("BK-OVER-1", on("2026-06-16"))).toBe("order_over");
    const late = { awardId: award.awardId, paidOn: "2026-06-16", reference: "BK-OVER-2" };
    expect(await refusalOf(recordPayment(test.db, late, desk.cashier.actor, on("2026-06-16")))).toBe(
      "order_over",
    );
    const stands = (day: string) =>
      test.db.pool.query<{ stands: boolean }>("select order_stands($1, $2) as stands", [award.awardId, day]);
    expect((await stands("2026-06-15")).rows).toEqual([{ stands: true }]);
    expect((await stands("2026-06-16")).rows).toEqual([{ stands: false }]);
    // Asked for and answered too late, it is no order either.
    const id = randomUUID();
    const asked = { id, kind: "pay" as const, awardId: award.awardId, reason: "银行批量业务停办" };
    await askRequest(test.db, asked, desk.preparer.actor, on("2026-06-16"));
    const agree = { requestId: id, digest: await digestOf(test.db, id) };
    const after = on("2026-07-20");
    expect(await refusalOf(agreeToRequest(test.db, agree, desk.approver.actor, after))).toBe("order_over");
    expect(await refusalOf(agreeToRequest(test.db, agree, desk.approver.actor, on("2026-06-17")))).toBe(
      "accepted",
    );
    expect(await pay("BK-OVER-3", on("2026-06-17"))).toBe("accepted");
    const spent = { ...end, orderId: id, id: randomUUID(), reason: "已经付出的指令" };
    expect(await refusalOf(askRequest(test.db, spent, desk.preparer.actor, CLOCK))).toBe("order_spent");
    const nobodys = { ...spent, orderId: randomUUID() };
    expect(await refusalOf(askRequest(test.db, nobodys, desk.preparer.actor, CLOCK))).toBe("not_found");
  });

  it("a cashier does not pay what they signed as somebody else's colleague", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    await test.db.pool.query("insert into staff_roles (id, staff_id, role) values ($1, $2, 'cashier')", [
      randomUUID(),
      desk.reviewer.actor.id,
    ]);
    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK-APART-1" };
    expect(await refusalOf(payByHand(test.db, payment, desk.reviewer.actor, CLOCK))).toBe("cashier_apart");
    const outsider = await makeStaff(test.db, ["window_clerk"]);
    expect(await refusalOf(payByHand(test.db, payment, outsider.actor, CLOCK))).toBe("wrong_role");
  });
});
