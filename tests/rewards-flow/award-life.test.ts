import { describe, expect, it } from "vitest";
import { listTransactions } from "~server/ledger/list-transactions.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { fixedClock } from "~server/clock";
import { listAwards } from "~server/rewards/list-awards.server";
import { readAward } from "~server/rewards/read-award.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { acceptAs, awardsShown } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();

async function balances(desk: Desk) {
  const fund = (await readBalances(test.db, desk.approver.actor)).find((each) => each.fundId === desk.fundId);
  const budget = fund?.budgets.find((each) => each.budgetId === desk.budgetId);
  return {
    available: budget?.availableFen,
    encumbered: budget?.encumberedFen,
    spent: budget?.spentFen,
    payable: fund?.financial.payable,
    treasury: fund?.financial.treasury,
    expense: fund?.financial.expense,
  };
}

describe("an award from assessment to payment", () => {
  it("moves the money step by step, each step once", async () => {
    const desk = await makeDesk(test.db, 10_000_000n);
    const award = await makeAward(test.db, desk);
    expect(award.amountFen).toBe(4_999_500n);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    expect(await balances(desk)).toMatchObject({ available: 10_000_000n, encumbered: 0n });
    await signAs(test.db, desk.approver, award.awardId, "approve");
    expect(await balances(desk)).toMatchObject({
      available: 5_000_500n,
      encumbered: 4_999_500n,
      payable: 0n,
    });

    const [shown] = await awardsShown(test.db, award.tipId);
    expect(shown).toMatchObject({ id: award.awardId, amountFen: 4_999_500n, status: "approved" });
    expect(await acceptAs(test.db, award, CLOCK)).toEqual({ acceptedOn: TODAY, isNew: true });
    expect(await acceptAs(test.db, award, CLOCK)).toEqual({ acceptedOn: TODAY, isNew: false });
    expect(await balances(desk)).toMatchObject({ encumbered: 4_999_500n, payable: 0n });

    const posted = await postAcceptedAward(test.db, award, desk.reviewer.actor, CLOCK);
    expect(await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK)).toEqual({
      transactionId: posted.transactionId,
      isNew: false,
    });
    expect(await balances(desk)).toMatchObject({ encumbered: 0n, spent: 4_999_500n, payable: 4_999_500n });

    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
    const paid = await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
    expect(await balances(desk)).toMatchObject({ payable: 0n, treasury: 5_000_500n });

    const bounce = { payoutId: paid.payoutId, bouncedOn: TODAY };
    await bounceByHand(test.db, bounce, CLOCK);
    expect(await balances(desk)).toMatchObject({ payable: 4_999_500n, treasury: 10_000_000n });
    expect(await refusalOf(bounceByHand(test.db, bounce, CLOCK))).toBe("not_paid");
    const told = async () => (await awardsShown(test.db, award.tipId))[0];
    expect(await told()).toMatchObject({ bounced: true, paidOn: null, base: "illegalAmount" });

    await payByHand(test.db, { ...payment, reference: "BK20260601-0002" }, desk.cashier.actor, CLOCK);
    expect(await told()).toMatchObject({ bounced: false, paidOn: TODAY });
    expect(await balances(desk)).toEqual({
      available: 5_000_500n,
      encumbered: 0n,
      spent: 4_999_500n,
      payable: 0n,
      treasury: 5_000_500n,
      expense: 4_999_500n,
    });
  });

  it("is listed with the day it last moved: of a payment the day it was paid, not the moment it was entered", async () => {
    const desk = await makeDesk(test.db, 10_000_000n);
    const award = await makeAcceptedAward(test.db, desk);
    const listed = async () => {
      const { rows } = await listAwards(test.db, {}, desk.approver.actor);
      return rows.find(({ id }) => id === award.awardId)?.updatedOn;
    };
    expect(await listed()).toBe(TODAY);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const payment = { awardId: award.awardId, paidOn: "2026-06-03", reference: "BK20260603-0001" };
    await payByHand(test.db, payment, desk.cashier.actor, fixedClock("2026-06-05T02:00:00Z"));
    expect(await listed()).toBe("2026-06-03");
  });

  it("shows finance its steps, clauses, budget and signatures, and says why the next act is closed", async () => {
    const desk = await makeDesk(test.db, 10_000_000n);
    const award = await makeAward(test.db, desk);
    const asPreparer = await readAward(test.db, award, desk.preparer.actor);
    expect(asPreparer.capitalAmount).toBe("肆万玖仟玖佰玖拾伍元整");
    expect(asPreparer.next).toEqual([{ act: "prepare", allowed: true, why: null }]);
    expect(asPreparer.pool.steps.map((step) => step.step)).toEqual([
      "gate",
      "rate",
      "factors",
      "uplift",
      "floor",
      "cap",
      "round",
      "split",
    ]);
    expect(asPreparer.budget).toMatchObject({ availableFen: 10_000_000n, afterFen: 5_000_500n });
    await approveTo(test.db, desk, award.awardId, "prepared");
    const again = await readAward(test.db, award, desk.preparer.actor);
    expect(again.next.map(({ act, why }) => [act, why?.code])).toEqual([
      ["review", "wrong_role"],
      ["reject", "wrong_role"],
    ]);
    expect(again.approvals).toMatchObject([
      { position: 1, action: "prepare", actorId: desk.preparer.actor.id },
    ]);
    expect(
      JSON.stringify(again, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain("lookup");
  });

  it("numbers every posting without a gap and lists the journal a page at a time", async () => {
    const desk = await makeDesk(test.db, 10_000_000n);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "approved");
    const first = await listTransactions(test.db, { fundId: desk.fundId, limit: 2 }, desk.cashier.actor);
    expect(first.rows.map((row) => row.event)).toEqual(["award.encumbered", "funds.received"]);
    expect(first.rows.every((row) => /^2026-\d{6}$/.test(row.voucher ?? ""))).toBe(true);
    const rest = await listTransactions(
      test.db,
      { fundId: desk.fundId, limit: 2, before: first.next ?? undefined },
      desk.cashier.actor,
    );
    expect(rest).toMatchObject({ rows: [{ event: "budget.approved" }], next: null });
    expect((await listAwards(test.db, { statuses: ["approved"] }, desk.approver.actor)).rows).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: award.awardId, amountFen: 4_999_500n })]),
    );
  });

  it("is not there for anybody outside finance, cash and audit", async () => {
    const desk = await makeDesk(test.db, 0n);
    const award = await makeAward(test.db, desk);
    const outsider = await makeStaff(test.db, ["triage_officer"]);
    for (const attempt of [
      () => readAward(test.db, award, outsider.actor),
      () => listAwards(test.db, {}, outsider.actor),
      () => readBalances(test.db, outsider.actor),
      () => listTransactions(test.db, {}, outsider.actor),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "not_found", status: 404 });
    }
    expect(await awardsShown(test.db, award.tipId)).toEqual([]);
  });
});
