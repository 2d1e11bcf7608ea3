import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { accountsOf } from "./raw-posting";

// The journal has no foreign keys (decision 007): what an owner brings in with the guards off is named by ledger:verify.

const test = testDatabase();
const NOBODY = "01a00000-0000-7000-8000-000000000000";
let desk: Desk;
let of: (kind: string) => string;
beforeAll(async () => {
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
});

/** What ledger:verify finds once the owner wrote `statement` with every guard off. */
async function foundAfter(table: string, statement: string, values: readonly unknown[]) {
  const client = await test.owner.connect();
  try {
    await client.query(`alter table ${table} disable trigger user`);
    await client.query(statement, [...values]);
    await client.query(`alter table ${table} enable trigger user`);
    return (await verifyLedger(test.db)).faults.map(({ rule, table: at, id }) => `${rule} ${at} ${id}`);
  } finally {
    client.release();
  }
}

it("an entry of no posting is named", async () => {
  const id = randomUUID();
  const found = await foundAfter(
    "ledger_entries",
    "insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen) values ($1, $2, 1, $3, $4, 1)",
    [id, NOBODY, of("treasury"), of("funding")],
  );
  expect(found).toEqual([`1 an entry is of a posting ledger_entries ${id}`]);
});

it("a posting about an award that is not there is named", async () => {
  const id = randomUUID();
  const found = await foundAfter(
    "ledger_transactions",
    "insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, recorded_at) values ($1, 'clawback.received_later', '2026-06-01', $2, $3, $4, now())",
    [id, desk.fundId, `raw:${id}`, NOBODY],
  );
  expect(found).toContain(`7 a posting is about an award that is there ledger_transactions ${id}`);
});
