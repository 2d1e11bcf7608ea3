import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { CLOCK, TODAY, makeAcceptedAward } from "~tests/factories/make-award";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { makePayable, makePayoutDesk, type PayoutDesk } from "~tests/payouts/payout-desk";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, inTransaction, insertEntry, insertPosting } from "./raw-posting";
import { agreedInRows } from "./two-hands";

// What is judged once, at one moment of its transaction, stays what it was judged to be.
const test = testDatabase();
let desk: PayoutDesk;
let of: (kind: string) => string;
beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
}, 120_000);

const received = () =>
  ({
    event: "funds.received",
    fundId: desk.fundId,
    entries: [[of("treasury"), of("funding"), 10n]],
  }) satisfies Parameters<typeof insertPosting>[1];
const number = (client: pg.PoolClient, id: string) =>
  client.query(
    `insert into voucher_numbers (fiscal_year, number, transaction_id)
     select 2026, (select coalesce(max(number), 0) + 1 from voucher_numbers where fiscal_year = 2026), $1`,
    [id],
  );

async function pay(
  client: pg.PoolClient,
  of: {
    awardId: string;
    amountFen: bigint;
    requestId: string;
    reference: string;
    entries: [string, string, bigint][];
  },
) {
  const cashier = desk.cashier.actor.id;
  await client.query(
    "select set_config('app.actor_kind', 'staff', true), set_config('app.actor_id', $1, true), set_config('app.roles', 'cashier', true)",
    [cashier],
  );
  const posting = { event: "award.paid", eventOn: TODAY, fundId: desk.fundId, actorId: cashier };
  const id = await insertPosting(client, { ...posting, ...of });
  await client.query(
    "insert into payouts (id, award_id, kind, amount_fen, paid_on, reference, status, transaction_id, cashier_id) values ($1, $2, 'transfer', $3, $4, $5, 'live', $6, $7)",
    [uuidv7(), of.awardId, of.amountFen.toString(), TODAY, of.reference, id, cashier],
  );
  await client.query("update awards set status = 'paid' where id = $1", [of.awardId]);
}

describe("an award judged with its posting", () => {
  it("is judged again whatever was written to it since, also behind a savepoint that is rolled back", async () => {
    const award = await makePayable(desk);
    const requestId = await orderPayment(test.db, award.awardId, CLOCK);
    const back = "update awards set status = 'posted' where id = $1";
    const sly = inTransaction(test.db.pool, async (client) => {
      await pay(client, {
        ...award,
        requestId,
        reference: "BK-9001-1",
        entries: [[of("payable"), of("treasury"), award.amountFen]],
      });
      await client.query("set constraints all immediate");
      await client.query("set constraints all deferred");
      await client.query(back, [award.awardId]);
      await client.query("savepoint s");
      await client.query(back, [award.awardId]);
      await client.query("rollback to savepoint s");
    });
    expect(await refusedBy(sly)).toBe("awards_ledger");
  });

  it("is judged again where it goes back to the state in which an earlier posting of the transaction was judged", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const order = { kind: "pay", award, data: { earlier: 0, until: "2026-12-31" } };
    const requestId = await agreedInRows(test.db.pool, desk, order);
    const posted = "update awards set status = 'posted' where id = $1";
    const sly = inTransaction(test.db.pool, async (client) => {
      const about = { event: "award.posted", fundId: desk.fundId, awardId: award.awardId };
      const entries = [
        [of("spent"), of("encumbered"), award.amountFen],
        [of("expense"), of("payable"), award.amountFen],
      ] as const;
      await insertPosting(client, { ...about, entries });
      await client.query(posted, [award.awardId]);
      await client.query("set constraints all immediate");
      await client.query("set constraints all deferred");
      await pay(client, {
        ...award,
        requestId,
        reference: "BK-9003-1",
        entries: [[of("payable"), of("treasury"), award.amountFen]],
      });
      await client.query("set constraints all immediate");
      await client.query("set constraints all deferred");
      await client.query(posted, [award.awardId]);
    });
    expect(await refusedBy(sly)).toBe("awards_ledger");
  });

  it("is paid out of one place: a transfer takes nothing from a window's box", async () => {
    const award = await makePayable(desk);
    const topUp = { event: "float.topped_up", fundId: desk.fundId };
    await refusedBy(
      inTransaction(test.db.pool, (client) =>
        insertPosting(client, {
          ...topUp,
          entries: [[of("window_cash"), of("treasury"), award.amountFen]],
        }),
      ),
    );
    const requestId = await orderPayment(test.db, award.awardId, CLOCK);
    const sly = inTransaction(test.db.pool, (client) =>
      pay(client, {
        ...award,
        requestId,
        reference: "BK-9002-1",
        entries: [
          [of("payable"), of("treasury"), 1n],
          [of("payable"), of("window_cash"), award.amountFen - 1n],
        ],
      }),
    );
    expect(await refusedBy(sly)).toBe("ledger_transactions_legs");
  });
});

describe("a posting", () => {
  it("goes one way in a leg, so that its amount is the one agreed to", async () => {
    const sly = inTransaction(test.db.pool, (client) =>
      insertPosting(client, {
        event: "budget.adjusted",
        fundId: desk.fundId,
        entries: [
          [of("available"), of("appropriation"), 1n],
          [of("appropriation"), of("available"), 189n],
        ],
      }),
    );
    expect(await refusedBy(sly)).toBe("ledger_transactions_legs");
  });

  it.each([
    ["before it was judged", false],
    ["after it was judged", true],
  ])("is not numbered in its own transaction, %s, and numbering goes on", async (_when, judged) => {
    const sly = inTransaction(test.db.pool, async (client) => {
      const id = await insertPosting(client, received());
      if (judged) await client.query("set constraints ledger_transactions_judged immediate");
      await number(client, id);
      await insertEntry(client, id, 2, of("spent"), of("available"), 9_000_000_000_000n);
    });
    expect(await refusedBy(sly)).toBe("voucher_numbers_later");
    expect(await refusedBy(numberVouchers(test.db))).toBe("accepted");
  });

  it("is made by no older snapshot, which would not see a month closed meanwhile", async () => {
    const client = await test.db.pool.connect();
    try {
      await client.query("begin isolation level repeatable read");
      expect(await refusedBy(insertPosting(client, received()))).toBe("ledger_transactions_snapshot");
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});
