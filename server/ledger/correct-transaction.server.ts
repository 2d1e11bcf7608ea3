import { asc, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { ledgerEntries, ledgerTransactions } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import type { Actor } from "~server/staff-auth/actor";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/**
 * Undoes a posting that was entered wrongly by its mirror, dated today and naming it (红字冲销; invariant 4). What
 * concerns an award is undone by its own events only, an appropriation by an adjustment of two people that names it
 * (`correction_by_two`). Throws `wrong_role`, `needs_passkey`, `correction_refused`,
 * `insufficient_budget` (the money is promised by now), `not_found`.
 */
export async function correctTransaction(
  db: Database,
  input: { readonly transactionId: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  try {
    const done = await retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "finance_approver");
        const [wrong] = await tx
          .select()
          .from(ledgerTransactions)
          .where(eq(ledgerTransactions.id, input.transactionId));
        if (wrong === undefined) throw notFound();
        if (wrong.event === "correction" || wrong.awardId !== null) throw refusal("correction_refused");
        if (wrong.event.startsWith("budget.")) throw refusal("correction_by_two");
        const entries = await tx
          .select()
          .from(ledgerEntries)
          .where(eq(ledgerEntries.transactionId, wrong.id))
          .orderBy(asc(ledgerEntries.line));
        const posted = await postTransaction(tx, {
          event: "correction",
          eventOn: chinaDay(clock.now()),
          fundId: wrong.fundId,
          idempotencyKey: `correction:${wrong.id}`,
          correctsId: wrong.id,
          actorId: person.id,
          entries: entries.map((entry) => ({
            debit: entry.creditAccountId,
            credit: entry.debitAccountId,
            amountFen: entry.amountFen,
          })),
        });
        if (posted.isNew) {
          await recordEvent(
            tx,
            {
              action: "ledger.corrected",
              subjectTable: "ledger_transactions",
              subjectId: wrong.id,
              data: { transaction: posted.id },
              at: clock.now(),
            },
            actor,
          );
        }
        return { transactionId: posted.id, isNew: posted.isNew };
      }),
    );
    await numberAfterCommit(db);
    return done;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "account_balances_available_ck") throw refusal("insufficient_budget");
    if (constraint === "ledger_transactions_corrects_uq") throw refusal("correction_refused");
    throw error;
  }
}
