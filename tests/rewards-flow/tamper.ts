import type pg from "pg";
import { verifyLedger, type LedgerVerdict } from "~server/ledger/verify-ledger.server";
import type { TestDatabase } from "~tests/setup/database";

/**
 * Changes rows as the owner with triggers off (what a thief with the owner's password could do), verifies, and
 * restores the database by undoing the change.
 */
export async function verdictAfter(
  test: TestDatabase,
  change: (client: pg.PoolClient) => Promise<() => Promise<unknown>>,
): Promise<LedgerVerdict> {
  const client = await test.owner.connect();
  const tables = [
    "ledger_entries",
    "vouchers",
    "approval_steps",
    "accounts",
    "account_balances",
    "reward_pools",
    "voucher_numbers",
    "awards",
    "findings",
    "tips",
    "payouts",
    "events",
    "ledger_transactions",
    "ledger_requests",
    "budgets",
    "funds",
    "period_closings",
    "year_closings",
    "window_movements",
    "window_days",
    "bank_statements",
    "bank_lines",
  ];
  const switchAll = async (how: "disable" | "enable") => {
    for (const table of tables) await client.query(`alter table ${table} ${how} trigger user`);
  };
  try {
    await switchAll("disable");
    const undo = await change(client);
    const verdict = await verifyLedger(test.db);
    await undo();
    await switchAll("enable");
    return verdict;
  } finally {
    client.release();
  }
}

export async function one(client: pg.PoolClient, text: string): Promise<Record<string, string>> {
  const { rows } = await client.query<Record<string, string>>(text);
  const [row] = rows;
  if (row === undefined) throw new Error("no such row");
  return row;
}
