import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { matchSuspense, moveToSuspense } from "~server/payouts/handle-line.server";
import { agreeAside, proposeAside } from "~server/payouts/set-line-aside.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { actByTwo } from "~tests/factories/by-two";
import { CLOCK, TODAY } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import {
  DETAILS,
  freeze,
  leaveDetails,
  linesOf,
  makePayable,
  makePayoutDesk,
  send,
  type PayoutDesk,
} from "./payout-desk";
import { lineOf, statementDesk } from "./statement-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const { takeBeside: take, states, bankLine, treasury } = statementDesk(() => ({ db: test.db, desk }));

describe("a payment of a batch", () => {
  it.each(["rejected", "returned"] as const)(
    "that is booked as paid comes back once when the bank calls it %s, however often it says so",
    async (status) => {
      const award = await makePayable(desk);
      const before = await treasury();
      const batchId = await send(desk, [award]);
      const [line] = await linesOf(test.db, batchId);
      if (line === undefined) throw new Error("line");
      await take([lineOf(line, "out")]);
      expect(await treasury()).toBe(before - award.amountFen);
      const taken = await Promise.all([
        take([lineOf(line, status)]),
        take([lineOf(line, "returned")]),
        take([lineOf(line, "rejected")]),
      ]);
      const counted = taken.map(({ outcomes }) => Object.keys(outcomes).join()).toSorted();
      expect(counted).toEqual(["bounced", "named", "named"]);
      expect((await take([lineOf(line, "rejected")])).outcomes).toEqual({ named: 1 });
      expect(await treasury()).toBe(before);
      expect(await states(batchId)).toEqual(["bounced"]);
      const { rows } = await test.db.pool.query<{ bounced: number; faults: string[] }>(
        `select (select count(*)::int from ledger_transactions where award_id = $1 and event = 'award.bounced') as bounced,
                (select array_agg(distinct fault) from bank_lines where payout_line_id = $2 and outcome = 'named') as faults`,
        [award.awardId, line.id],
      );
      expect(rows).toEqual([{ bounced: 1, faults: ["double"] }]);
      // Payable again, to where its informant says now.
      await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
      await leaveDetails(test.db, award, { ...DETAILS, account: "6222020200112233446" });
      const again = await send(desk, [award]);
      const [second] = await linesOf(test.db, again);
      await take([lineOf(second ?? { id: "" }, "out")]);
      // What is said of the first payment touches nothing of the second.
      await take([lineOf(line, "rejected")]);
      expect(await states(again)).toEqual(["settled"]);
      expect(await treasury()).toBe(before - award.amountFen);
    },
  );

  it("that was ordered back and is refused afterwards waits for a person, whose suspense takes its money", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    if (line === undefined) throw new Error("line");
    await take([lineOf(line, "out")]);
    const order = { kind: "clawback" as const, awardId: award.awardId, amountFen: 1n, ground: "wrong-facts" };
    await actByTwo(test.db, order, { asker: desk.preparer, agreer: desk.approver, clock: CLOCK });
    const { statementId } = await take([lineOf(line, "rejected")]);
    const { id: bankLineId, fault } = await bankLine(statementId);
    expect(fault).toBe("refused");
    await moveToSuspense(test.db, { bankLineId }, desk.cashier.actor, CLOCK);
    expect((await bankLine(statementId)).outcome).toBe("suspense");
    // Booked as what was asked back, it is set aside by two, whatever it was taken for.
    const aside = { bankLineId, what: "matched" } as const;
    await proposeAside(test.db, { ...aside, reason: "已登记为追回到账" }, desk.cashier.actor, CLOCK);
    await agreeAside(test.db, aside, desk.reviewer.actor, CLOCK);
    expect((await bankLine(statementId)).outcome).toBe("matched");
    // What never left is no money to be put anywhere.
    const never = await makePayable(desk);
    const [other] = await linesOf(test.db, await send(desk, [never]));
    if (other === undefined) throw new Error("line");
    const wrong = await take([lineOf(other, "rejected", 1n)]);
    const differs = { bankLineId: (await bankLine(wrong.statementId)).id };
    expect(await refusalOf(moveToSuspense(test.db, differs, desk.cashier.actor, CLOCK))).toBe("line_moved");
    expect(await states(batchId)).toEqual(["settled"]);
  });

  it("is bounced by the bank's return or rejection alone, whatever code is run", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    if (line === undefined) throw new Error("line");
    const out = await take([lineOf(line, "out")]);
    const { statementId } = await take([lineOf(line, "rejected", 1n)]);
    const write = (id: string, outcome: string) =>
      refusedBy(
        test.db.pool.query(
          "update bank_lines set outcome = $2, fault = null, payout_line_id = $3, handled_by = $4 where id = $1",
          [id, outcome, line.id, desk.cashier.actor.id],
        ),
      );
    const { id } = await bankLine(statementId);
    // By another amount; by a line that says it went out; as if it had never been booked.
    expect(await write(id, "bounced")).toBe("bank_lines_match");
    expect(await write((await bankLine(out.statementId)).id, "bounced")).toBe("bank_lines_history");
    await test.owner.query("alter table bank_lines disable trigger user");
    await test.owner.query("update bank_lines set amount_fen = 4999500 where id = $1", [id]);
    await test.owner.query("alter table bank_lines enable trigger user");
    expect(await write(id, "rejected")).toBe("bank_lines_match");
    expect(await write(id, "bounced")).toBe("bank_lines_match");
    await test.owner.query("alter table bank_lines disable trigger user");
    await test.owner.query("update bank_lines set amount_fen = 1 where id = $1", [id]);
    await test.owner.query("alter table bank_lines enable trigger user");
  });

  it("comes back by the bank's word alone, with our id or matched to it", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    await take([lineOf(line ?? { id: "" }, "out")]);
    const { rows } = await test.db.pool.query<{ id: string }>("select id from payouts where award_id = $1", [
      award.awardId,
    ]);
    const bounce = { payoutId: rows[0]?.id ?? "", bouncedOn: TODAY };
    expect(await refusalOf(bounceByHand(test.db, bounce, CLOCK))).toBe("bounce_by_bank");
    const cashier = desk.cashier.actor;
    const alone = withActor(test.db, cashier, (tx) => bouncePayment(tx, bounce, cashier, CLOCK));
    expect(await refusedBy(alone)).toBe("payouts_returned");
    expect(await states(batchId)).toEqual(["settled"]);
    // A return without our id waits in suspense until a cashier finds its payment; it bounces that one.
    const amountFen = award.amountFen.toString();
    const { statementId } = await take([{ endToEndId: null, amountFen, date: TODAY, status: "returned" }]);
    const { id: bankLineId } = await bankLine(statementId);
    const match = { bankLineId, reference: line?.reference ?? "" };
    await matchSuspense(test.db, match, desk.cashier.actor, CLOCK);
    expect((await bankLine(statementId)).outcome).toBe("matched");
    expect(await states(batchId)).toEqual(["bounced"]);
  });

  it("leaves a ledger that verifies", async () => {
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });
});
