import { beforeAll, describe, expect, it } from "vitest";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { CLOCK, makeAcceptedAward, makeDesk, openEmptyYear, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, inTransaction, insertEntry, insertPosting, post, type RawPosting } from "./raw-posting";

const test = testDatabase();

let desk: Desk;
let of: (kind: string) => string;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
});

/** What refuses a posting written by plain SQL as the application. */
function refusal(posting: Omit<RawPosting, "fundId"> & { fundId?: string }): Promise<string> {
  return refusedBy(post(test.db.pool, { fundId: desk.fundId, ...posting }));
}

const adjusted = (amount: bigint): RawPosting => ({
  event: "budget.adjusted",
  fundId: desk.fundId,
  entries: [[of("available"), of("appropriation"), amount]],
});

describe("invariant 1: every posting balances per book and currency", () => {
  it("a posting without entries is refused", async () => {
    expect(await refusal({ event: "budget.adjusted", entries: [] })).toBe("ledger_transactions_empty");
  });

  it("an entry across two books is refused", async () => {
    expect(await refusal({ event: "award.posted", entries: [[of("spent"), of("payable"), 1n]] })).toBe(
      "ledger_transactions_balanced",
    );
  });

  it("two currencies in one posting are refused", async () => {
    const { rows } = await test.db.pool.query<{ source: string; slug: string }>(
      "select source, slug from funds where id = $1",
      [desk.fundId],
    );
    const fund = { source: rows[0]?.source ?? "", slug: rows[0]?.slug ?? "" };
    await openEmptyYear(test.db, desk.approver, { ...fund, fiscalYear: 2026, currency: "USD" });
    const dollars = await accountsOf(test.db.pool, desk.budgetId, "USD");
    expect(
      await refusal({ event: "budget.adjusted", entries: [[of("available"), dollars("appropriation"), 1n]] }),
    ).toBe("ledger_transactions_currency");
  });

  it("a pair the event does not post is refused", async () => {
    expect(await refusal({ event: "budget.adjusted", entries: [[of("spent"), of("available"), 1n]] })).toBe(
      "ledger_transactions_rule",
    );
    expect(await refusal({ event: "no.such_event", entries: [[of("treasury"), of("funding"), 1n]] })).toBe(
      "ledger_transactions_rule",
    );
  });

  it("another fund's account is refused", async () => {
    const other = await makeDesk(test.db, 0n);
    const theirs = await accountsOf(test.db.pool, other.budgetId);
    expect(
      await refusal({
        event: "budget.adjusted",
        entries: [[theirs("available"), theirs("appropriation"), 1n]],
      }),
    ).toBe("ledger_transactions_fund");
  });

  it("two years' budgets in one posting are refused", async () => {
    const { rows } = await test.db.pool.query<{ source: string; slug: string }>(
      "select source, slug from funds where id = $1",
      [desk.fundId],
    );
    const fund = { source: rows[0]?.source ?? "", slug: rows[0]?.slug ?? "" };
    const next = await openEmptyYear(test.db, desk.approver, { ...fund, fiscalYear: 2027 });
    const later = await accountsOf(test.db.pool, next.budgetId);
    const { rows: ids } = await test.db.pool.query<{ id: string }>(
      "select id from accounts where budget_id = $1 and kind = 'appropriation'",
      [next.budgetId],
    );
    expect(
      await refusal({ event: "budget.adjusted", entries: [[of("available"), ids[0]?.id ?? "", 1n]] }),
    ).toBe("ledger_transactions_budget");
    const carried: RawPosting["entries"] = [
      [of("appropriation"), of("available"), 5n],
      [later("available"), later("appropriation"), 5n],
    ];
    expect(await refusal({ event: "year.available_carried", entries: carried })).toBe("accepted");
    expect(await refusal({ event: "year.available_carried", entries: carried.slice(0, 1) })).toBe(
      "ledger_transactions_legs",
    );
  });

  it("an award is posted in both books, with its own amount in each", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const about = { event: "award.posted", awardId: award.awardId };
    const whole = award.amountFen;
    const budget = [of("spent"), of("encumbered"), whole] as const;
    expect(await refusal({ ...about, entries: [budget] })).toBe("ledger_transactions_legs");
    expect(await refusal({ ...about, entries: [budget, [of("expense"), of("payable"), whole - 1n]] })).toBe(
      "ledger_transactions_legs",
    );
    expect(
      await refusal({
        ...about,
        entries: [
          [of("spent"), of("encumbered"), whole - 1n],
          [of("expense"), of("payable"), whole - 1n],
        ],
      }),
    ).toBe("ledger_transactions_amount");
    expect(
      await refusal({ event: "award.posted", entries: [budget, [of("expense"), of("payable"), whole]] }),
    ).toBe("ledger_transactions_award");
    expect(await refusal({ ...about, entries: [budget, [of("expense"), of("payable"), whole]] })).toBe(
      "awards_ledger",
    );
  });
});

describe("invariant 2: every entry moves money", () => {
  it.each([0n, -1n])("an amount of %s is refused", async (amount) => {
    expect(await refusal(adjusted(amount))).toBe("ledger_entries_amount_ck");
  });

  it("an entry from an account to itself is refused", async () => {
    expect(
      await refusal({ event: "budget.adjusted", entries: [[of("available"), of("available"), 1n]] }),
    ).toBe("ledger_entries_sides_ck");
  });
});

describe("invariant 3: the journal is append-only", () => {
  it("the application can neither change nor remove nor empty it", async () => {
    for (const table of ["ledger_transactions", "ledger_entries", "voucher_numbers"]) {
      for (const attempt of [
        `delete from ${table}`,
        `truncate ${table}`,
        `update ${table} set transaction_id = transaction_id`,
      ]) {
        if (table === "ledger_transactions" && attempt.startsWith("update")) continue;
        expect(await refusedBy(test.db.pool.query(attempt))).toBe("42501");
      }
    }
    expect(await refusedBy(test.db.pool.query("update ledger_transactions set event = 'x'"))).toBe("42501");
    expect(await refusedBy(test.db.pool.query("update account_balances set debit_fen = 0"))).toBe("42501");
    expect(
      await refusedBy(
        test.db.pool.query("insert into posting_rules values ('x', 'spent', 'funding', 1, 'none', 0)"),
      ),
    ).toBe("42501");
  });

  it("not even the owner of the tables can, by plain statements", async () => {
    expect(await refusedBy(test.owner.query("update ledger_entries set amount_fen = 1"))).toBe(
      "ledger_entries_append_only",
    );
    expect(await refusedBy(test.owner.query("delete from ledger_transactions"))).toBe(
      "ledger_transactions_append_only",
    );
    expect(await refusedBy(test.owner.query("truncate ledger_entries"))).toBe("ledger_entries_append_only");
    expect(await refusedBy(test.owner.query("delete from awards"))).toBe("awards_append_only");
    expect(await refusedBy(test.owner.query("update posting_rules set award = 'none'"))).toBe(
      "posting_rules_append_only",
    );
  });

  it("an entry cannot join a posting that is recorded", async () => {
    const id = await post(test.db.pool, adjusted(10n));
    const late = inTransaction(test.db.pool, (client) =>
      insertEntry(client, id, 2, of("available"), of("appropriation"), 10n),
    );
    expect(await refusedBy(late)).toBe("ledger_entries_joined_late");
  });

  it("a posting cannot claim to be of another database transaction", async () => {
    const id = await inTransaction(test.db.pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key, recorded_in, recorded_at) values (gen_random_uuid(), 'funds.received', '2026-06-01', $1, 'raw:claim', 1, '2000-01-01') returning id",
        [desk.fundId],
      );
      const made = rows[0]?.id ?? "";
      await insertEntry(client, made, 1, of("treasury"), of("funding"), 1n);
      return made;
    });
    const { rows } = await test.db.pool.query<{ forged: boolean }>(
      "select recorded_in = 1 or recorded_at < '2001-01-01' as forged from ledger_transactions where id = $1",
      [id],
    );
    expect(rows).toEqual([{ forged: false }]);
  });

  it("an early check of the constraints lets no later entry slip by", async () => {
    const sly = inTransaction(test.db.pool, async (client) => {
      const id = await insertPosting(client, adjusted(10n));
      await client.query("set constraints all immediate");
      await client.query("set constraints all deferred");
      await insertEntry(client, id, 2, of("spent"), of("available"), 3n);
    });
    expect(await refusedBy(sly)).toBe("ledger_entries_joined_late");
  });

  it("a temporary table cannot stand in for the rules", async () => {
    const sly = inTransaction(test.db.pool, async (client) => {
      await client.query("create temp table posting_rules (like public.posting_rules) on commit drop");
      await client.query(
        "insert into pg_temp.posting_rules values ('sly', 'spent', 'available', 1, 'none', 0, 1, 0, 1)",
      );
      await insertPosting(client, {
        event: "sly",
        fundId: desk.fundId,
        entries: [[of("spent"), of("available"), 3n]],
      });
    });
    expect(await refusedBy(sly)).toBe("ledger_transactions_rule");
  });
});

const received = (amount: bigint): RawPosting => ({
  event: "funds.received",
  fundId: desk.fundId,
  entries: [[of("treasury"), of("funding"), amount]],
});

describe("invariant 4: a correction mirrors what it names, once", () => {
  it("a second correction of one posting is refused", async () => {
    const id = await post(test.db.pool, received(10n));
    const mirror: Omit<RawPosting, "fundId"> = {
      event: "correction",
      correctsId: id,
      entries: [[of("funding"), of("treasury"), 10n]],
    };
    expect(await refusal({ ...mirror, entries: [[of("funding"), of("treasury"), 9n]] })).toBe(
      "ledger_transactions_mirror",
    );
    expect(await refusal(mirror)).toBe("accepted");
    expect(await refusal(mirror)).toBe("ledger_transactions_corrects_uq");
  });

  it("a correction without what it corrects, and the correction of a correction, are refused", async () => {
    const id = await post(test.db.pool, received(10n));
    const back = [of("funding"), of("treasury"), 10n] as const;
    expect(await refusal({ event: "correction", entries: [back] })).toBe("ledger_transactions_correction_ck");
    const correction = await post(test.db.pool, {
      event: "correction",
      fundId: desk.fundId,
      correctsId: id,
      entries: [back],
    });
    expect(await refusal({ ...received(10n), event: "correction", correctsId: correction })).toBe(
      "ledger_transactions_mirror",
    );
  });

  it("what concerns an award is not undone by a mirror", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select id from ledger_transactions where award_id = $1",
      [award.awardId],
    );
    expect(
      await refusal({
        event: "correction",
        correctsId: rows[0]?.id,
        entries: [[of("available"), of("encumbered"), award.amountFen]],
      }),
    ).toBe("ledger_transactions_mirror");
  });
});

describe("invariant 5: what may not be negative is not, at any commit", () => {
  it("available", async () => {
    const poor = await makeDesk(test.db, 100n);
    const theirs = await accountsOf(test.db.pool, poor.budgetId);
    const lapse = (amount: bigint) =>
      refusal({
        event: "year.lapsed",
        fundId: poor.fundId,
        entries: [[theirs("appropriation"), theirs("available"), amount]],
      });
    expect(await lapse(101n)).toBe("account_balances_available_ck");
    expect(await lapse(100n)).toBe("accepted");
  });

  it("window cash", async () => {
    expect(
      await refusal({ event: "float.returned", entries: [[of("treasury"), of("window_cash"), 1n]] }),
    ).toBe("account_balances_window_cash_ck");
  });

  it("encumbered and payable, even inside one award's postings", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    // The checks of the award itself refuse the same postings; here the balance alone is asked.
    const twice = inTransaction(test.db.pool, async (client) => {
      const pair: RawPosting["entries"] = [[of("payable"), of("treasury"), award.amountFen]];
      const about = { event: "award.paid", fundId: desk.fundId, awardId: award.awardId, entries: pair };
      await insertPosting(client, about);
      await insertPosting(client, about);
      await client.query("set constraints ledger_transactions_judged immediate");
    });
    expect(await refusedBy(twice)).toBe("account_balances_payable_ck");
    // Of a budget that holds this award alone.
    const poor = await makeDesk(test.db, 100_000_000n);
    const theirs = await accountsOf(test.db.pool, poor.budgetId);
    const other = await makeAcceptedAward(test.db, poor);
    const released = inTransaction(test.db.pool, async (client) => {
      const pair: RawPosting["entries"] = [[theirs("available"), theirs("encumbered"), other.amountFen]];
      const about = { event: "award.lapsed", fundId: poor.fundId, awardId: other.awardId, entries: pair };
      await insertPosting(client, about);
      await insertPosting(client, about);
      await client.query("set constraints ledger_transactions_judged immediate");
    });
    expect(await refusedBy(released)).toBe("account_balances_encumbered_ck");
  });

  it("two postings that each fit, but not together, end in one", async () => {
    const poor = await makeDesk(test.db, 100n);
    const theirs = await accountsOf(test.db.pool, poor.budgetId);
    const lapse = () =>
      refusal({
        event: "year.lapsed",
        fundId: poor.fundId,
        entries: [[theirs("appropriation"), theirs("available"), 60n]],
      });
    expect((await Promise.all([lapse(), lapse(), lapse()])).sort()).toEqual([
      "accepted",
      "account_balances_available_ck",
      "account_balances_available_ck",
    ]);
  });
});

describe("invariant 6: appropriation = available + encumbered + spent", () => {
  it("balances are moved by entries alone, and a posting that finds them off is refused", async () => {
    const off = "update account_balances set debit_fen = debit_fen + 1 where account_id = $1";
    expect(await refusedBy(test.owner.query(off, [of("spent")]))).toBe("account_balances_by_entries");
    const past = inTransaction(test.owner, async (client) => {
      await client.query("alter table account_balances disable trigger account_balances_keep");
      await client.query(off, [of("spent")]);
      await client.query("alter table account_balances enable trigger account_balances_keep");
      await insertPosting(client, adjusted(10n));
    });
    expect(await refusedBy(past)).toBe("account_balances_appropriation_ck");
  });

  it("a budget's account cannot be hung on another fund", async () => {
    const other = await makeDesk(test.db, 0n);
    expect(
      await refusedBy(
        test.db.pool.query(
          "insert into accounts (id, book, kind, fund_id, budget_id, currency) values (gen_random_uuid(), 'budget', 'available', $1, $2, 'JPY')",
          [other.fundId, desk.budgetId],
        ),
      ),
    ).toBe("accounts_budget_fund");
  });
});

describe("invariant 14: voucher numbers are gapless per year", () => {
  const give = (year: number, number: number, id: string) =>
    refusedBy(test.db.pool.query("insert into voucher_numbers values ($1, $2, $3)", [year, number, id]));

  it("a number ahead, a number again, another year and a second number for one posting are refused", async () => {
    const id = await post(test.db.pool, adjusted(1n));
    const { rows } = await test.db.pool.query<{ next: number }>(
      "select coalesce(max(number), 0) + 1 as next from voucher_numbers where fiscal_year = 2026",
    );
    const next = rows[0]?.next ?? 0;
    expect(await give(2026, next + 1, id)).toBe("voucher_numbers_gapless");
    expect(await give(2026, next - 1, id)).toBe("voucher_numbers_gapless");
    expect(await give(2027, 1, id)).toBe("voucher_numbers_year");
    expect(await give(2026, next, id)).toBe("accepted");
    expect(await give(2026, next + 1, id)).toBe("voucher_numbers_transaction_uq");
  });
});
