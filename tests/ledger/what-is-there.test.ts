import { beforeAll, expect, it } from "vitest";
import { makeAcceptedAward, makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, inTransaction, insertEntry, insertPosting, post, type RawPosting } from "./raw-posting";

// What foreign keys would ask, where the journal has none (decision 007).

const test = testDatabase();
const NOBODY = "01a00000-0000-7000-8000-000000000000";

let desk: Desk;
let of: (kind: string) => string;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
});

function refusal(posting: Omit<RawPosting, "fundId"> & { fundId?: string }): Promise<string> {
  return refusedBy(post(test.db.pool, { fundId: desk.fundId, ...posting }));
}

it("an entry is between accounts that are there, and a posting of a fund that is", async () => {
  for (const entry of [
    [NOBODY, of("appropriation"), 1n],
    [of("available"), NOBODY, 1n],
  ] as const)
    expect(await refusal({ event: "budget.adjusted", entries: [entry] })).toBe("ledger_entries_accounts");
  // Many entries at once are added up first.
  const many = inTransaction(test.db.pool, async (client) => {
    const id = await insertPosting(client, { event: "funds.received", fundId: desk.fundId, entries: [] });
    await client.query(
      `insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
       select gen_random_uuid(), $1, n, $2, case n when 5 then $4::uuid else $3::uuid end, 1 from generate_series(1, 5) n`,
      [id, of("treasury"), of("funding"), NOBODY],
    );
  });
  expect(await refusedBy(many)).toBe("ledger_entries_accounts");
  const entries = [[of("treasury"), of("funding"), 1n] as const];
  const nowhere = refusal({ event: "funds.received", fundId: NOBODY, entries });
  expect(await nowhere).toBe("ledger_transactions_fund");
});

it("an entry is of a posting that is there, alone or among many", async () => {
  const alone = inTransaction(test.db.pool, (client) =>
    insertEntry(client, NOBODY, 1, of("treasury"), of("funding"), 1n),
  );
  expect(await refusedBy(alone)).toBe("ledger_entries_transaction");
  for (const count of [2, 6]) {
    const among = inTransaction(test.db.pool, async (client) => {
      const id = await insertPosting(client, { event: "funds.received", fundId: desk.fundId, entries: [] });
      await client.query(
        `insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
         select gen_random_uuid(), case n when $5 then $4::uuid else $1::uuid end, n, $2, $3, 1 from generate_series(1, $5) n`,
        [id, of("treasury"), of("funding"), NOBODY, count],
      );
    });
    expect(await refusedBy(among)).toBe("ledger_entries_transaction");
  }
});

it("no entry joins a posting that was taken back with its savepoint", async () => {
  const gone = inTransaction(test.db.pool, async (client) => {
    await client.query("savepoint written");
    const entries = [[of("treasury"), of("funding"), 1n] as const];
    const id = await insertPosting(client, { event: "funds.received", fundId: desk.fundId, entries });
    await client.query("rollback to written");
    await insertEntry(client, id, 1, of("treasury"), of("funding"), 1n);
  });
  expect(await refusedBy(gone)).toBe("ledger_entries_transaction");
});

it("a posting is about an award that is there, and about the one whose money it moves", async () => {
  const award = await makeAcceptedAward(test.db, desk);
  const entries: RawPosting["entries"] = [
    [of("spent"), of("encumbered"), award.amountFen],
    [of("expense"), of("payable"), award.amountFen],
  ];
  const about = (awardId: string) => refusal({ event: "award.posted", awardId, entries });
  expect(await about(NOBODY)).toBe("awards_voucher_missing");
  expect(await about(award.awardId)).toBe("awards_ledger");
});

it.each([
  ["of a part of it", "clawback.received_later", ["treasury", "recoverable"], ["funding", "treasury"]],
  ["of all of it", "award.lapsed", ["available", "encumbered"]],
])("a posting %s is about an award that is there", async (_part, event, ...pairs) => {
  const award = await makeAcceptedAward(test.db, desk);
  const entries = pairs.map(([debit = "", credit = ""]) => [of(debit), of(credit), award.amountFen] as const);
  expect(await refusal({ event, eventOn: "2027-02-01", awardId: NOBODY, entries })).toBe(
    "awards_voucher_missing",
  );
});

it("neither a correction nor a posting about no award names one that is not there", async () => {
  const received = { event: "funds.received", entries: [[of("treasury"), of("funding"), 1n]] } as const;
  const correctsId = await post(test.db.pool, { fundId: desk.fundId, ...received });
  const mirror = [[of("funding"), of("treasury"), 1n]] as const;
  expect(await refusal({ event: "correction", correctsId, awardId: NOBODY, entries: mirror })).toBe(
    "ledger_transactions_mirror",
  );
  expect(await refusal({ ...received, awardId: NOBODY })).toBe("ledger_transactions_award");
});
