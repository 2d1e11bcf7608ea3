import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { accountBalances } from "~db/schema/ledger";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAccounts, postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/**
 * Sets an award's money aside (encumbered / available), in the transaction of its last signature. Throws
 * `insufficient_budget` where less than the award is available, `budget_year_over` where the budget is of another
 * year than `eventOn` (预算法 13 and 42).
 */
export async function encumberAward(
  tx: Tx,
  award: { id: string; budgetId: string; amountFen: bigint; currency: string },
  actorId: string,
  eventOn: string,
): Promise<{ transactionId: string }> {
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  if (budget.fiscalYear !== Number(eventOn.slice(0, 4))) throw refusal("budget_year_over");
  const available = budget.account("available");
  const encumbered = budget.account("encumbered");
  await lockAccounts(tx, [available, encumbered]);
  const [balance] = await tx.select().from(accountBalances).where(eq(accountBalances.accountId, available));
  if (balance === undefined || balance.debitFen - balance.creditFen < award.amountFen) {
    throw refusal("insufficient_budget");
  }
  const posted = await postTransaction(tx, {
    event: "award.encumbered",
    eventOn,
    fundId: budget.fundId,
    idempotencyKey: `award.encumbered:${award.id}`,
    awardId: award.id,
    actorId,
    entries: [{ debit: encumbered, credit: available, amountFen: award.amountFen }],
  });
  return { transactionId: posted.id };
}
