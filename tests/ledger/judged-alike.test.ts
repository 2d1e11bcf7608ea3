import fc from "fast-check";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  openEmptyYear,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf } from "./raw-posting";
import { makePaidAward } from "./two-hands";

// judge_whole_award (0052) accepts what is as it nearly always is; check_posting alone refuses. What is written here by
// plain SQL is judged with it and without it, each time from the same rows.

const test = testDatabase();

const LEGS = {
  "award.posted": [
    ["spent", "encumbered"],
    ["expense", "payable"],
  ],
  "award.paid": [["payable", "treasury"]],
  "award.bounced": [["treasury", "payable"]],
  "award.lapsed": [["available", "encumbered"]],
} as const;
const KINDS = [
  ...["appropriation", "available", "encumbered", "spent", "expense", "payable", "treasury", "window_cash"],
  ...["recoverable", "suspense", "funding"],
];
const STATES = ["approved", "accepted", "posted", "paid", "revoked", "lapsed"] as const;
/** What comes next to an award of each state. */
const DUE = {
  approved: ["award.lapsed", "lapsed"],
  accepted: ["award.posted", "posted"],
  posted: ["award.paid", "paid"],
  paid: ["award.bounced", "posted"],
} as const;
type Stood = keyof typeof DUE;
const STOOD = ["approved", "accepted", "posted", "paid"] as const satisfies readonly Stood[];

let desk: Desk;
const awards = new Map<Stood, TestAward>();
/** Account ids by kind: of the desk's year, its next year, another fund, and the year in another currency. */
type Books = "own" | "next" | "other" | "dollars";
const books = new Map<Books, (kind: string) => string>();
let otherFundId: string;
beforeAll(async () => {
  desk = await makeDesk(test.db);
  const other = await makeDesk(test.db);
  otherFundId = other.fundId;
  const { rows } = await test.db.pool.query<{ slug: string; source: string }>(
    "select slug, source from funds where id = $1",
    [desk.fundId],
  );
  const fund = { slug: rows[0]?.slug ?? "", source: rows[0]?.source ?? "" };
  const next = await openEmptyYear(test.db, desk.approver, { ...fund, fiscalYear: 2027 });
  await openEmptyYear(test.db, desk.approver, { ...fund, fiscalYear: 2026, currency: "USD" });
  books.set("own", await accountsOf(test.db.pool, desk.budgetId));
  books.set("next", await accountsOf(test.db.pool, next.budgetId));
  books.set("other", await accountsOf(test.db.pool, other.budgetId));
  books.set("dollars", await accountsOf(test.db.pool, desk.budgetId, "USD"));
  const approved = await makeAward(test.db, desk);
  await approveTo(test.db, desk, approved.awardId, "approved");
  awards.set("approved", approved);
  awards.set("accepted", await makeAcceptedAward(test.db, desk));
  const posted = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, posted, desk.preparer.actor, CLOCK);
  awards.set("posted", posted);
  awards.set("paid", await makePaidAward(test.db, desk));
});

/** Of an award's amount. */
const PARTS = { whole: 0n, less: -1n, more: 1n, most: -7n } as const;
type Part = keyof typeof PARTS | "rest";
const amountOf = (whole: bigint, part: Part) => (part === "rest" ? 7n : whole + PARTS[part]);

type Entry = { debit: string; credit: string; part: Part; of: Books; from: Books };
type Posting = {
  award: Stood;
  event: keyof typeof LEGS;
  fund: "own" | "other";
  entries: readonly Entry[];
  /** Of how many statements the entries are. */
  together: boolean;
  /** The states the award is moved to, one after the other. */
  moves: readonly (typeof STATES)[number][];
  payout: boolean;
};

const usual = (award: Stood, event: keyof typeof LEGS = DUE[award][0]): Posting => ({
  ...{ award, event, fund: "own", together: true, moves: [DUE[award][1]], payout: true },
  entries: LEGS[event].map(([debit, credit]) => ({ debit, credit, part: "whole", of: "own", from: "own" })),
});

/** One thing that is not as usual; nearly all of them are wrong. */
type Twist = (posting: Posting) => Posting;
const kind = fc.constantFrom(...KINDS);
const book = fc.constantFrom<Books>("own", "next", "other", "dollars");
const every = (posting: Posting, change: (entry: Entry, at: number) => Entry[]): Posting => ({
  ...posting,
  entries: posting.entries.flatMap(change),
});
const one = (at: number, change: (entry: Entry) => Entry[]): Twist => {
  return (posting) => every(posting, (entry, n) => (n === at ? change(entry) : [entry]));
};
const twist: fc.Arbitrary<Twist> = fc.oneof(
  fc
    .record({ at: fc.nat({ max: 1 }), part: fc.constantFrom<Part>("less", "more", "rest") })
    .map(({ at, part }) => one(at, (entry) => [{ ...entry, part }])),
  fc
    .nat({ max: 1 })
    .map((at) => one(at, (entry) => [{ ...entry, debit: entry.credit, credit: entry.debit }])),
  fc.nat({ max: 1 }).map((at) => one(at, () => [])),
  fc.nat({ max: 1 }).map((at) => one(at, (entry) => [entry, entry])),
  // In two entries that make the whole: unusual, and right.
  fc.nat({ max: 1 }).map((at) =>
    one(at, (entry) => [
      { ...entry, part: "most" },
      { ...entry, part: "rest" },
    ]),
  ),
  fc
    .record({ at: fc.nat({ max: 1 }), debit: kind })
    .map(({ at, debit }) => one(at, (e) => [{ ...e, debit }])),
  fc
    .record({ at: fc.nat({ max: 1 }), credit: kind })
    .map(({ at, credit }) => one(at, (e) => [{ ...e, credit }])),
  fc.record({ of: book, from: book }).map(
    ({ of, from }): Twist =>
      (posting) =>
        every(posting, (entry) => [{ ...entry, of, from }]),
  ),
  book.map(
    (of): Twist =>
      (posting) =>
        every(posting, (entry) => [{ ...entry, of, from: of }]),
  ),
  fc
    .record({ debit: kind, credit: kind, of: book, part: fc.constantFrom<Part>("whole", "rest") })
    .map((entry): Twist => (posting) => ({
      ...posting,
      entries: [...posting.entries, { ...entry, from: entry.of }],
    })),
  fc.constant<Twist>((posting) => ({ ...posting, fund: "other" })),
  fc.constant<Twist>((posting) => ({ ...posting, entries: posting.entries.toReversed() })),
  fc.constant<Twist>((posting) => ({ ...posting, together: false })),
  fc.constant<Twist>((posting) => ({ ...posting, payout: false })),
  fc
    .array(fc.constantFrom(...STATES), { maxLength: 2 })
    .map((moves): Twist => (posting) => ({ ...posting, moves })),
  fc
    .constantFrom<keyof typeof LEGS>("award.posted", "award.paid", "award.bounced", "award.lapsed")
    .map((event): Twist => (posting) => ({ ...posting, event })),
);
const posting = fc
  .record({ award: fc.constantFrom(...STOOD), twists: fc.array(twist, { maxLength: 2 }) })
  .map(({ award, twists }) => twists.reduce((made, change) => change(made), usual(award)));

/** Writes the posting and what goes with it as the owner, who may leave out what asks for a batch, a day and two people. */
async function write(client: pg.PoolClient, made: Posting): Promise<void> {
  const award = awards.get(made.award);
  if (award === undefined) throw new Error("no such award");
  const accountOf = (name: string, of: Books) => {
    try {
      return books.get(of)?.(name) ?? "";
    } catch {
      // A currency of budgets alone has none: the account is of the year then.
      return books.get("own")?.(name) ?? "";
    }
  };
  const id = uuidv7();
  const fundId = made.fund === "own" ? desk.fundId : otherFundId;
  await client.query(
    "insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, actor_id) values ($1, $2, $3, $4, $5, $6, $7)",
    [id, made.event, TODAY, fundId, `raw:${id}`, award.awardId, desk.cashier.actor.id],
  );
  const rows = made.entries.map((entry, at) => ({
    ...{ id: uuidv7(), transaction_id: id, line: at + 1 },
    debit_account_id: accountOf(entry.debit, entry.of),
    credit_account_id: accountOf(entry.credit, entry.from),
    amount_fen: amountOf(award.amountFen, entry.part).toString(),
  }));
  for (const some of made.together ? [rows] : rows.map((row) => [row])) {
    await client.query(
      "insert into ledger_entries select * from json_populate_recordset(null::ledger_entries, $1)",
      [JSON.stringify(some)],
    );
  }
  if (made.event === "award.paid" && made.payout) {
    await client.query(
      "insert into payouts (id, award_id, kind, amount_fen, paid_on, reference, status, transaction_id, cashier_id) values ($1, $2, 'transfer', $3, $4, $5, 'live', $6, $7)",
      [uuidv7(), award.awardId, award.amountFen.toString(), TODAY, "BK-7001-1", id, desk.cashier.actor.id],
    );
  }
  if (made.event === "award.bounced" && made.payout) {
    await client.query("update payouts set status = 'bounced' where award_id = $1", [award.awardId]);
  }
  for (const state of made.moves) {
    await client.query("update awards set status = $2 where id = $1", [award.awardId, state]);
  }
}

const BOOKS_AND_AWARDS = `select json_build_array(
  (select json_agg((b.account_id, b.debit_fen, b.credit_fen) order by b.account_id) from account_balances b),
  (select json_agg((a.id, a.status) order by a.id) from awards a), (select json_agg(q.judged_status order by q.judged_status) from voucher_queue q)) as all`;
const WITHOUT = `create or replace function judge_whole_award(t ledger_transactions) returns text language plpgsql as $$
  begin return null; end $$`;
const RAISING = `create or replace function check_posting(t ledger_transactions) returns text language plpgsql as $$
  begin raise exception 'asked' using errcode = '23514', constraint = 'check_posting'; end $$`;

const RICH = 100_000_000_000n;
/** Gives every account of a kind as much more, past its entries; the other half of it goes to what was spent. */
const balanceOf = (name: string, more: bigint) =>
  `update account_balances set debit_fen = debit_fen + case kind when '${name}' then ${more} else -(${more}) end where kind in ('${name}', 'spent') and $1::uuid is not null`;
const inFund = (fund: Posting["fund"], made: Posting, changed: Partial<Entry>): Posting => ({
  ...made,
  fund,
  entries: made.entries.map((entry) => ({ ...entry, ...changed })),
});

/** Work in a transaction in which the owner may write as no batch, window or day allows, and of which nothing stays. */
async function asOwner<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await test.owner.connect();
  try {
    await client.query("begin");
    await client.query("alter table payouts disable trigger payouts_on_line");
    await client.query("alter table payouts disable trigger payouts_returned");
    await client.query("alter table awards disable trigger awards_claim_window");
    await client.query("alter table award_objections disable trigger user");
    await client.query("alter table award_objections drop constraint award_objections_message_fk");
    await client.query("alter table year_closings disable trigger user");
    await client.query("alter table award_carries disable trigger user");
    await client.query("alter table account_balances disable trigger account_balances_keep");
    return await work(client);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** What becomes of the posting at commit, and the books and awards it leaves. */
async function outcomeOf(client: pg.PoolClient, made: Posting): Promise<readonly [string, unknown]> {
  await client.query("savepoint s");
  const refused = await refusedBy(
    write(client, made).then(() => client.query("set constraints all immediate")),
  );
  const left =
    refused === "accepted" ? (await client.query<{ all: unknown }>(BOOKS_AND_AWARDS)).rows[0]?.all : null;
  await client.query("rollback to savepoint s");
  await client.query("set constraints all deferred");
  return [refused, left];
}

describe("a posting of an award's whole amount", () => {
  it("ends the same judged at once as judged at length", async () => {
    const ends = new Map<string, number>();
    await asOwner(async (client) => {
      await fc.assert(
        fc.asyncProperty(posting, async (made) => {
          const short = await outcomeOf(client, made);
          await client.query("savepoint without");
          await client.query(WITHOUT);
          const long = await outcomeOf(client, made);
          await client.query("rollback to savepoint without");
          expect(short).toEqual(long);
          const end = short[0] === "accepted" ? `accepted ${made.event}` : short[0];
          ends.set(end, (ends.get(end) ?? 0) + 1);
        }),
        { numRuns: 150, examples: STOOD.map((award) => [usual(award)]) },
      );
    });
    expect([...ends.keys()]).toEqual(
      expect.arrayContaining(Object.keys(LEGS).map((event) => `accepted ${event}`)),
    );
  });

  it.each(STOOD)("is judged at once where it is as usual: of an award that is %s", async (award) => {
    await asOwner(async (client) => {
      await client.query(RAISING);
      expect((await outcomeOf(client, usual(award)))[0]).toBe("accepted");
      const [first, ...rest] = usual(award).entries;
      const unusual = {
        ...usual(award),
        entries: first === undefined ? [] : [{ ...first, part: "less" as const }, ...rest],
      };
      expect((await outcomeOf(client, unusual))[0]).toBe("check_posting");
    });
  });

  const booked = usual("accepted");
  const [first, second] = booked.entries as [Entry, Entry];
  it.each<[string, string, Posting, string?]>([
    [
      "an award that is held",
      "awards_held",
      booked,
      "insert into award_holds (id, award_id, reason, placed_by, placed_at) select gen_random_uuid(), $1, '等待补充材料', staff_id, now() from staff_roles where role = 'finance_reviewer' limit 1",
    ],
    [
      "an award that is objected to",
      "award_objections_open",
      booked,
      "insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on) select gen_random_uuid(), id, lead_id, tip_id, 'grade', gen_random_uuid(), '2026-06-01', '2026-06-23' from awards where id = $1",
    ],
    [
      "a year that is closed",
      "ledger_transactions_year_closed",
      booked,
      "insert into year_closings select a.budget_id, q.id, now() from awards a, ledger_requests q where a.id = $1 limit 1",
    ],
    [
      "the year its money was carried out of",
      "ledger_transactions_budget",
      booked,
      "insert into award_carries select a.id, a.budget_id, o.id, t.id from awards a join budgets b on b.id = a.budget_id join budgets o on o.fund_id = b.fund_id and o.id <> b.id, ledger_transactions t where a.id = $1 limit 1",
    ],
    [
      "another year's budget",
      "ledger_transactions_budget",
      { ...booked, entries: booked.entries.map((entry) => ({ ...entry, of: "next", from: "next" })) },
    ],
    ["a third entry", "ledger_transactions_legs", { ...booked, entries: [first, second, first] }],
    ["one leg twice", "ledger_transactions_legs", { ...booked, entries: [first, first] }],
    ["one leg alone", "ledger_transactions_legs", { ...booked, entries: [first] }],
    ["more than is promised", "account_balances_encumbered_ck", booked, balanceOf("encumbered", -RICH)],
    ["more than is owed", "account_balances_payable_ck", usual("posted"), balanceOf("payable", RICH)],
    [
      "two years, the other with money enough",
      "ledger_transactions_budget",
      { ...booked, entries: [{ ...first, from: "next" }, second] },
      balanceOf("encumbered", RICH),
    ],
    ["two funds", "ledger_transactions_fund", inFund("own", usual("paid"), { from: "other" })],
    [
      "another fund alone",
      "ledger_transactions_budget",
      inFund("other", usual("paid"), { of: "other", from: "other" }),
    ],
  ])("is refused with its rule where it is of %s", async (_what, rule, made, before) => {
    await asOwner(async (client) => {
      if (before !== undefined) await client.query(before, [awards.get(made.award)?.awardId]);
      expect((await outcomeOf(client, made))[0]).toBe(rule);
    });
  });

  it("is in its award's own currency", async () => {
    await asOwner(async (client) => {
      await client.query("alter table reward_pools disable trigger reward_pools_history");
      await client.query(
        `update reward_pools set currency = 'MOP', computation = computation || '{"currency": "MOP"}' where id = (select pool_id from awards where id = $1)`,
        [awards.get(booked.award)?.awardId],
      );
      await client.query("set constraints all immediate");
      await client.query("alter table reward_pools enable trigger reward_pools_history");
      await client.query("set constraints all deferred");
      expect((await outcomeOf(client, booked))[0]).toBe("ledger_transactions_budget");
    });
  });
});
