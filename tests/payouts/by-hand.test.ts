import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { bankLines } from "~db/schema/bank-statements";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { moveToSuspense, retryLine } from "~server/payouts/handle-line.server";
import { agreeAside, proposeAside } from "~server/payouts/set-line-aside.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import type { BankStatus } from "~/forms/statement-line";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { actByTwo } from "~tests/factories/by-two";
import { CLOCK, TODAY, makeDesk, type TestAward } from "~tests/factories/make-award";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { makePayable, makePayoutDesk, type PayoutDesk } from "./payout-desk";
import { statementDesk } from "./statement-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const { takeBeside: take, bankLine, treasury, statementOf } = statementDesk(() => ({ db: test.db, desk }));

type Ordered = { readonly award: TestAward; readonly orderId: string; readonly reference: string };

async function order(award?: TestAward): Promise<Ordered> {
  const own = award ?? (await makePayable(desk));
  const orderId = await orderPayment(test.db, own.awardId, CLOCK);
  const { rows } = await test.db.pool.query<{ reference: string }>(
    "select data ->> 'reference' as reference from ledger_requests where id = $1",
    [orderId],
  );
  return { award: own, orderId, reference: rows[0]?.reference ?? "" };
}

const say = ({ reference }: Ordered, status: BankStatus, amountFen = 4_999_500n) => ({
  endToEndId: reference,
  amountFen: amountFen.toString(),
  date: TODAY,
  status,
});
const record = ({ award }: Ordered, reference: string, clock = CLOCK) =>
  recordPayment(test.db, { awardId: award.awardId, paidOn: TODAY, reference }, desk.cashier.actor, clock);
const outcomeOf = async (line: Parameters<typeof take>[0][number]) => {
  const { statementId } = await take([line]);
  const { outcome, fault } = await bankLine(statementId);
  return fault ?? outcome;
};
const payments = async ({ award }: Ordered) => {
  const { rows } = await test.db.pool.query<{ status: string; reference: string }>(
    "select status, reference from payouts where award_id = $1 order by recorded_at, id",
    [award.awardId],
  );
  return rows;
};

describe("a payment by hand, whose order gave the bank a reference", () => {
  it("is settled once by the bank's line, recorded before or by it", async () => {
    const before = await treasury();
    const first = await order();
    await record(first, "BK-HAND-1");
    expect(await outcomeOf(say(first, "out"))).toBe("settled");
    expect(await outcomeOf(say(first, "out"))).toBe("double");
    const second = await order();
    expect(await outcomeOf(say(second, "pending"))).toBe("pending");
    const taken = await Promise.all([take([say(second, "out")]), take([say(second, "out")])]);
    expect(taken.map(({ outcomes }) => Object.keys(outcomes).join()).toSorted()).toEqual([
      "named",
      "settled",
    ]);
    expect(await payments(second)).toEqual([{ status: "live", reference: second.reference }]);
    await expect(refusalOf(record(second, "BK-HAND-2"))).resolves.toBe("already_paid");
    expect(await treasury()).toBe(before - first.award.amountFen - second.award.amountFen);
  });

  it("is matched by its own order, its amount and its fund alone", async () => {
    const own = await order();
    expect(await outcomeOf(say(own, "out", 1n))).toBe("amount");
    expect(await outcomeOf(say(own, "in"))).toBe("direction");
    expect(await outcomeOf(say(own, "returned"))).toBe("return_first");
    expect(await outcomeOf(say(own, "rejected"))).toBe("ended");
    expect(await outcomeOf({ ...say(own, "out"), endToEndId: "HD2026-ZZZZZZZZ" })).toBe("suspense");
    const other = await makeDesk(test.db, 1_000n);
    const elsewhere = { ...statementOf([say(own, "out")]), fundId: other.fundId };
    const { outcomes } = await takeStatement(test.db, elsewhere, desk.cashier.actor, CLOCK);
    expect(outcomes).toEqual({ named: 1 });
    expect(await payments(own)).toEqual([]);
    // No cashier writes another order's reference, which would keep the bank's line of that from its payment.
    const third = await order();
    expect(await refusalOf(record(own, third.reference))).toBe("reference_of_order");
    expect(await refusalOf(record(own, "HD2026-ZZZZZZZZ"))).toBe("reference_of_order");
    await record(own, "BK-HAND-3");
    // Nor does a hand past the code book it to another payment.
    const { statementId } = await take([say(third, "out", 1n)]);
    const write = refusedBy(
      test.db.pool.query(
        "update bank_lines set outcome = 'settled', fault = null, payout_id = (select id from payouts where reference = 'BK-HAND-3'), handled_by = $2 where id = $1",
        [(await bankLine(statementId)).id, desk.cashier.actor.id],
      ),
    );
    expect(await write).toBe("bank_lines_match");
  });

  it("is not recorded upon an order that is over or taken back, nor upon another than the bank names", async () => {
    const over = await order();
    const july = fixedClock("2026-07-20T02:00:00Z");
    const statement = { ...statementOf([say(over, "out")]) };
    await takeStatement(test.db, statement, desk.cashier.actor, july);
    expect(await payments(over)).toEqual([]);
    const ended = await order();
    const end = { kind: "end_order" as const, awardId: ended.award.awardId, orderId: ended.orderId };
    await actByTwo(test.db, end, { asker: desk.preparer, agreer: desk.approver, clock: CLOCK });
    expect(await outcomeOf(say(ended, "out"))).toBe("refused");
    const again = await order(ended.award);
    expect(again.reference).not.toBe(ended.reference);
    expect(await outcomeOf(say(ended, "out"))).toBe("refused");
    expect(await payments(again)).toEqual([]);
    // The money is gone all the same: it waits in suspense, and two set the line aside once it is booked.
    const { statementId } = await take([say(ended, "out")]);
    const { id: bankLineId } = await bankLine(statementId);
    await moveToSuspense(test.db, { bankLineId }, desk.cashier.actor, CLOCK);
    await record(again, "BK-HAND-4");
    const aside = { bankLineId, what: "matched" } as const;
    await proposeAside(test.db, { ...aside, reason: "已按新指令登记付款" }, desk.cashier.actor, CLOCK);
    await agreeAside(test.db, aside, desk.reviewer.actor, CLOCK);
    expect((await bankLine(statementId)).outcome).toBe("matched");
  });

  it.each(["returned", "rejected"] as const)(
    "comes back once by the bank's %s line, or by two before it",
    async (status) => {
      const before = await treasury();
      const own = await order();
      await take([say(own, "out")]);
      const taken = await Promise.all([take([say(own, status)]), take([say(own, "returned")])]);
      expect(taken.map(({ outcomes }) => Object.keys(outcomes).join()).toSorted()).toEqual([
        "bounced",
        "named",
      ]);
      expect(await treasury()).toBe(before);
      const said = await order();
      const { payoutId } = await record(said, `BK-SAID-${status.toUpperCase()}`);
      await bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
      expect(await outcomeOf(say(said, status))).toBe("bounced");
      expect(await outcomeOf(say(said, "out"))).toBe("settled");
      expect(await treasury()).toBe(before);
      // Payable again, upon a new order with a reference of its own.
      const again = await order(said.award);
      expect(await outcomeOf(say(said, status))).toBe("double");
      expect(await outcomeOf(say(again, "out"))).toBe("settled");
      expect(await payments(again)).toMatchObject([{ status: "bounced" }, { status: "live" }]);
    },
  );

  it("does not come back by a rejection, which may be of another attempt, nor by a return of one of two debits", async () => {
    const own = await order();
    const first = await take([say(own, "rejected"), say(own, "out"), say(own, "rejected")]);
    expect(first.outcomes).toEqual({ named: 2, settled: 1 });
    const { id: bankLineId } = await bankLine(first.statementId);
    // Tried again, the earlier attempt says no more of the payment that was made after it.
    const retry = () => refusalOf(retryLine(test.db, { bankLineId }, desk.cashier.actor, CLOCK));
    expect(await retry()).toBe("line_not_retried");
    expect(await outcomeOf(say(own, "rejected"))).toBe("refused");
    expect(await payments(own)).toMatchObject([{ status: "live" }]);
    const { rows } = await test.db.pool.query<{ id: string }>("select id from payouts where award_id = $1", [
      own.award.awardId,
    ]);
    const payoutId = rows[0]?.id ?? "";
    // Nor for a hand past the code.
    const past = withActor(test.db, desk.cashier.actor, async (tx) => {
      await bouncePayment(tx, { payoutId, bouncedOn: TODAY }, desk.cashier.actor, CLOCK);
      const said = { outcome: "bounced", fault: null, payoutId, handledBy: desk.cashier.actor.id };
      await tx.update(bankLines).set(said).where(eq(bankLines.id, bankLineId));
    });
    expect(await refusedBy(past)).toBe("payouts_returned_by_two");
    // Two say that it came back: the line is the bank's word of it.
    await bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
    expect(await retry()).toBe("accepted");
    const twice = await order();
    expect(await outcomeOf(say(twice, "out"))).toBe("settled");
    expect(await outcomeOf(say(twice, "out"))).toBe("double");
    expect(await outcomeOf(say(twice, "returned"))).toBe("refused");
    expect(await payments(twice)).toMatchObject([{ status: "live" }]);
  });

  it("that was ordered back waits for a person when the bank returns it", async () => {
    const own = await order();
    await take([say(own, "out")]);
    const back = {
      kind: "clawback" as const,
      awardId: own.award.awardId,
      amountFen: 1n,
      ground: "wrong-facts",
    };
    await actByTwo(test.db, back, { asker: desk.preparer, agreer: desk.approver, clock: CLOCK });
    const { statementId } = await take([say(own, "rejected")]);
    const { id: bankLineId, fault } = await bankLine(statementId);
    expect(fault).toBe("refused");
    await moveToSuspense(test.db, { bankLineId }, desk.cashier.actor, CLOCK);
    expect((await bankLine(statementId)).outcome).toBe("suspense");
    expect(await payments(own)).toMatchObject([{ status: "live" }]);
  });

  it("of a time before batches comes back by the word of two, though its reference looks like a line's", async () => {
    const own = await order();
    expect(await refusalOf(record(own, "PB2026-9001-0001"))).toBe("award_in_batch");
    const { payoutId } = await record(own, "BK-OLD-1");
    await test.owner.query("alter table payouts disable trigger user");
    await test.owner.query("update payouts set reference = 'PB2026-9001-0001' where id = $1", [payoutId]);
    await test.owner.query("alter table payouts enable trigger user");
    await bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
    expect(await payments(own)).toEqual([{ status: "bounced", reference: "PB2026-9001-0001" }]);
  });

  it("leaves a ledger that verifies", async () => {
    const { faults } = await verifyLedger(test.db);
    // The one that a reference was written into past the code.
    expect(faults.map(({ rule, table }) => `${rule} @ ${table}`)).toEqual([
      "15 a payment of a batch is of one of its lines @ payouts",
      "15 a payment of a batch bounces by the bank's line @ payouts",
    ]);
  });
});
