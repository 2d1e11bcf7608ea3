import type pg from "pg";
import { beforeAll, expect, it } from "vitest";
import {
  TODAY,
  makeAcceptedAward,
  makeDesk,
  openEmptyYear,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, insertPosting } from "./raw-posting";
import { agreedInRows, makePaidAward } from "./two-hands";

// Two transactions by plain SQL about one award, neither of which holds it before it is judged: whoever is judged second
// sees what the first one did.

const test = testDatabase();
let desk: Desk;
let nextBudgetId: string;
let of: (kind: string) => string;
let next: (kind: string) => string;
beforeAll(async () => {
  desk = await makeDesk(test.db);
  const { rows } = await test.db.pool.query<{ slug: string; source: string }>(
    "select slug, source from funds where id = $1",
    [desk.fundId],
  );
  const { slug = "", source = "" } = rows[0] ?? {};
  nextBudgetId = (await openEmptyYear(test.db, desk.approver, { slug, source, fiscalYear: 2027 })).budgetId;
  of = await accountsOf(test.db.pool, desk.budgetId);
  next = await accountsOf(test.db.pool, nextBudgetId);
});

/** Two transactions side by side, each rolled back unless it was committed. */
async function sideBySide(work: (one: pg.PoolClient, two: pg.PoolClient) => Promise<void>): Promise<void> {
  const [one, two] = [await test.db.pool.connect(), await test.db.pool.connect()];
  try {
    await one.query("begin");
    await two.query("begin");
    await work(one, two);
  } finally {
    for (const client of [one, two]) {
      await client.query("rollback");
      client.release();
    }
  }
}

const judge = (client: pg.PoolClient) => client.query("set constraints all immediate");

/** Answers once `client` waits for a lock of another. */
async function untilItWaits(client: pg.PoolClient & { readonly processID?: number | null }): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { rows } = await test.owner.query<{ waits: boolean }>(
      "select cardinality(pg_blocking_pids($1)) > 0 as waits",
      [client.processID],
    );
    if (rows[0]?.waits === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it does not wait");
}

async function orderBack(client: pg.PoolClient, award: TestAward, requestId: string, amountFen: bigint) {
  const about = { event: "clawback.ordered", eventOn: TODAY, fundId: desk.fundId, awardId: award.awardId };
  const entries = [[of("recoverable"), of("expense"), amountFen] as const];
  await insertPosting(client, { ...about, requestId, actorId: desk.approver.actor.id, entries });
}

async function bounce(client: pg.PoolClient, award: TestAward, requestId: string) {
  const about = { event: "award.bounced", eventOn: TODAY, fundId: desk.fundId, awardId: award.awardId };
  const entries = [[of("treasury"), of("payable"), award.amountFen] as const];
  await insertPosting(client, { ...about, requestId, actorId: desk.approver.actor.id, entries });
  await client.query("update payouts set status = 'bounced' where award_id = $1", [award.awardId]);
  await client.query("update awards set status = 'posted' where id = $1", [award.awardId]);
}

/** A paid award, with its return and a claw-back of all of it agreed to. */
async function paidTwoWays() {
  const award = await makePaidAward(test.db, desk);
  const { rows } = await test.db.pool.query<{ id: string }>("select id from payouts where award_id = $1", [
    award.awardId,
  ]);
  const bounced = await agreedInRows(test.db.pool, desk, {
    kind: "bounce",
    award,
    eventOn: TODAY,
    data: { payout: rows[0]?.id },
  });
  const ordered = await agreedInRows(test.db.pool, desk, {
    kind: "clawback",
    award,
    amountFen: award.amountFen,
  });
  return { award, bounced, ordered };
}

async function book(client: pg.PoolClient, award: TestAward): Promise<void> {
  const about = { event: "award.posted", eventOn: TODAY, fundId: desk.fundId, awardId: award.awardId };
  const entries = [
    [of("spent"), of("encumbered"), award.amountFen],
    [of("expense"), of("payable"), award.amountFen],
  ] as const;
  await insertPosting(client, { ...about, actorId: desk.preparer.actor.id, entries });
  await client.query("update awards set status = 'posted' where id = $1", [award.awardId]);
}

it("of a payment that comes back and its claw-back, the second to be judged is refused", async () => {
  const { award, bounced, ordered } = await paidTwoWays();
  await sideBySide(async (one, two) => {
    await bounce(one, award, bounced);
    await orderBack(two, award, ordered, award.amountFen);
    await judge(one);
    const second = refusedBy(judge(two));
    await untilItWaits(two);
    await one.query("commit");
    expect(await second).toBe("awards_clawback");
  });
});

it.each([
  ["not written", []],
  ["written", ["write"]],
  ["written in a savepoint that is kept", ["savepoint s", "write", "release s"]],
  ["written in a savepoint that is rolled back", ["savepoint s", "write", "rollback to s"]],
])("an award is held from its judgement to the commit: %s", async (_how, before) => {
  const { award, bounced, ordered } = await paidTwoWays();
  await sideBySide(async (one, two) => {
    for (const each of before) {
      if (each === "write")
        await one.query("update awards set status = status where id = $1", [award.awardId]);
      else await one.query(each);
    }
    await orderBack(one, award, ordered, award.amountFen);
    await judge(one);
    // Its award is written before it is judged: it waits there.
    const second = refusedBy(bounce(two, award, bounced).then(() => judge(two)));
    await untilItWaits(two);
    await one.query("commit");
    expect(await second).toBe("awards_clawback");
  });
});

it("what was judged in a savepoint that is rolled back is judged again", async () => {
  const { award, bounced, ordered } = await paidTwoWays();
  await sideBySide(async (one, two) => {
    await orderBack(one, award, ordered, award.amountFen);
    await one.query("savepoint s");
    await judge(one);
    await one.query("rollback to s");
    await bounce(two, award, bounced);
    await two.query("commit");
    expect(await refusedBy(one.query("commit"))).toBe("awards_clawback");
  });
});

it("of two claw-backs at once no more is ordered than was paid", async () => {
  const { award, ordered } = await paidTwoWays();
  const more = await agreedInRows(test.db.pool, desk, { kind: "clawback", award, amountFen: 1n });
  await sideBySide(async (one, two) => {
    await orderBack(one, award, ordered, award.amountFen);
    const second = refusedBy(orderBack(two, award, more, 1n).then(() => judge(two)));
    await untilItWaits(two);
    await one.query("commit");
    expect(await second).toBe("awards_clawback");
  });
});

it("a computation is not superseded while its award is booked", async () => {
  const award = await makeAcceptedAward(test.db, desk);
  await sideBySide(async (one, two) => {
    await two.query("update reward_pools set status = 'superseded' where id = $1", [award.poolId]);
    await book(one, award);
    await judge(one);
    const second = refusedBy(judge(two));
    await untilItWaits(two);
    await one.query("commit");
    expect(await second).toBe("awards_pool_state");
  });
});

it("an award carried meanwhile is posted in the budget its money is in now", async () => {
  const award = await makeAcceptedAward(test.db, desk);
  const requestId = await agreedInRows(test.db.pool, desk, { kind: "close_year" });
  await sideBySide(async (one, two) => {
    const about = { event: "award.posted", eventOn: TODAY, fundId: desk.fundId, awardId: award.awardId };
    const id = await insertPosting(two, { ...about, actorId: desk.preparer.actor.id, entries: [] });
    const carried = await insertPosting(one, {
      ...{ event: "year.encumbered_carried", eventOn: TODAY, fundId: desk.fundId, requestId },
      actorId: desk.approver.actor.id,
      entries: [
        [of("appropriation"), of("encumbered"), award.amountFen],
        [next("encumbered"), next("appropriation"), award.amountFen],
      ],
    });
    await one.query(
      "insert into award_carries (award_id, from_budget_id, to_budget_id, transaction_id) values ($1, $2, $3, $4)",
      [award.awardId, desk.budgetId, nextBudgetId, carried],
    );
    await one.query("commit");
    await two.query(
      `insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
       values (gen_random_uuid(), $1, 1, $2, $3, $6), (gen_random_uuid(), $1, 2, $4, $5, $6)`,
      [id, of("spent"), of("encumbered"), of("expense"), of("payable"), award.amountFen.toString()],
    );
    await two.query("update awards set status = 'posted' where id = $1", [award.awardId]);
    expect(await refusedBy(judge(two))).toBe("ledger_transactions_budget");
  });
});
