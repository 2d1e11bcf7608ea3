import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { enterMoney, type EnteredMoney } from "./enter-money.server";
import { findBudgetAccounts } from "./find-accounts.server";

/** `eventOn`: the day it was approved. */
export type ApproveBudgetInput = EnteredMoney & {
  readonly budgetId: string;
  readonly kind?: "approved";
};

/**
 * Enters a budget's first appropriation, as its document says: available / appropriation. Budget law: 预算法 13 (nothing
 * is spent outside the budget). Once a budget: later changes are adjustments of two people. Throws `approved_once`,
 * `wrong_role`, `needs_passkey`, `amount_invalid`, `date_invalid`, `period_closed`, `key_reused`, `not_found`.
 */
export function approveBudget(
  db: Database,
  input: ApproveBudgetInput,
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  return enterMoney(db, input, actor, clock, async (tx) => {
    const budget = await findBudgetAccounts(tx, input.budgetId);
    return {
      event: "budget.approved",
      fundId: budget.fundId,
      debit: budget.account("available"),
      credit: budget.account("appropriation"),
      subjectTable: "budgets",
      subjectId: input.budgetId,
    };
  });
}
