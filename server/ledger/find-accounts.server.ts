import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { accounts, budgets, funds } from "~db/schema/ledger";
import { notFound } from "~server/errors.server";
import type { AccountKind } from "./ledger-events";

export type BudgetAccounts = {
  readonly fundId: string;
  readonly fiscalYear: number;
  /** The account of a kind: the budget's own, or its fund's. Throws where the budget has none in the currency. */
  account(kind: AccountKind): string;
};

/** The accounts a budget posts to, of both books. Throws `not_found` for an unknown budget. */
export async function findBudgetAccounts(
  tx: Tx,
  budgetId: string,
  currency = "CNY",
): Promise<BudgetAccounts> {
  const [budget] = await tx
    .select({ fundId: budgets.fundId, fiscalYear: budgets.fiscalYear })
    .from(budgets)
    .where(eq(budgets.id, budgetId));
  if (budget === undefined) throw notFound();
  const known = await readAccounts(tx, budget.fundId, currency);
  return {
    ...budget,
    account: (kind) =>
      pick(known.filter((row) => row.kind === kind && (row.budgetId === null || row.budgetId === budgetId))),
  };
}

/** The fund's own (financial) accounts. Throws `not_found` for an unknown fund. */
export async function findFundAccounts(
  tx: Tx,
  fundId: string,
  currency = "CNY",
): Promise<(kind: AccountKind) => string> {
  const [fund] = await tx.select({ id: funds.id }).from(funds).where(eq(funds.id, fundId));
  if (fund === undefined) throw notFound();
  const known = await readAccounts(tx, fundId, currency);
  return (kind) => pick(known.filter((row) => row.kind === kind && row.budgetId === null));
}

function readAccounts(tx: Tx, fundId: string, currency: string) {
  return tx
    .select({ id: accounts.id, kind: accounts.kind, budgetId: accounts.budgetId })
    .from(accounts)
    .where(and(eq(accounts.fundId, fundId), eq(accounts.currency, currency)));
}

function pick(rows: readonly { id: string }[]): string {
  const [row] = rows;
  if (row === undefined) throw notFound();
  return row.id;
}
