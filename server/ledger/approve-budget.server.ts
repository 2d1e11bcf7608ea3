import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";

export type ApproveBudgetInput = {
  readonly budgetId: string;
  /** 分, above zero: the first approval, or what an adjustment adds. */
  readonly amountFen: bigint;
  readonly kind: "approved" | "adjusted";
  /** The day the appropriation was approved, not later than today. */
  readonly eventOn: string;
  /** Made with the form, so that a double click or a retry is one posting. Lower-case letters, digits, hyphens. */
  readonly requestKey: string;
};

/**
 * Enters an approved or increased appropriation: available / appropriation. Budget law: 预算法 13 (nothing is spent
 * outside the budget). Throws `wrong_role`, `needs_passkey`, `amount_invalid`, `date_invalid`, `key_reused`, `not_found`.
 */
export async function approveBudget(
  db: Database,
  input: ApproveBudgetInput,
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const done = await withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(tx, actor, "finance_approver");
    if (input.amountFen <= 0n) throw refusal("amount_invalid");
    if (input.eventOn > chinaDay(clock.now())) throw refusal("date_invalid");
    const budget = await findBudgetAccounts(tx, input.budgetId);
    const event = `budget.${input.kind}` as const;
    const posted = await postTransaction(tx, {
      event,
      eventOn: input.eventOn,
      fundId: budget.fundId,
      idempotencyKey: `${event}:${input.requestKey}`,
      actorId: person.id,
      entries: [
        {
          debit: budget.account("available"),
          credit: budget.account("appropriation"),
          amountFen: input.amountFen,
        },
      ],
    });
    if (posted.isNew) {
      await recordEvent(
        tx,
        {
          action: event,
          subjectTable: "budgets",
          subjectId: input.budgetId,
          data: { transaction: posted.id, amountFen: input.amountFen.toString() },
          at: clock.now(),
        },
        actor,
      );
    }
    return { transactionId: posted.id, isNew: posted.isNew };
  });
  await numberAfterCommit(db);
  return done;
}
