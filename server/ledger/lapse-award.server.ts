import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerTransactions } from "~db/schema/ledger";
import { awards } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward } from "./lock-award.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/**
 * An approved award nobody claimed in time ends and frees its budget: available / encumbered, in the budget the money
 * sits in now. For the caller's transaction, whose caller has judged that the time is over; `eventOn` is that day.
 * A second call is the first one's posting. Throws `award_moved`, `not_found`.
 */
export async function lapseAward(
  tx: Tx,
  input: { readonly awardId: string; readonly eventOn: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const award = await lockAward(tx, input.awardId);
  if (award.status === "lapsed") {
    const [known] = await tx
      .select({ id: ledgerTransactions.id })
      .from(ledgerTransactions)
      .where(and(eq(ledgerTransactions.awardId, award.id), eq(ledgerTransactions.event, "award.lapsed")));
    if (known !== undefined) return { transactionId: known.id, isNew: false };
  }
  if (award.status !== "approved") throw refusal("award_moved");
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  const posted = await postTransaction(tx, {
    event: "award.lapsed",
    eventOn: input.eventOn,
    fundId: budget.fundId,
    idempotencyKey: `award.lapsed:${award.id}`,
    awardId: award.id,
    actorId: actor.kind === "staff" ? actor.id : null,
    entries: [
      {
        debit: budget.account("available"),
        credit: budget.account("encumbered"),
        amountFen: award.amountFen,
      },
    ],
  });
  await tx.update(awards).set({ status: "lapsed" }).where(eq(awards.id, award.id));
  await recordEvent(
    tx,
    {
      action: "award.lapsed",
      subjectTable: "awards",
      subjectId: award.id,
      leadId: award.leadId,
      data: {
        transaction: posted.id,
        amountFen: award.amountFen.toString(),
        eventOn: input.eventOn,
      },
      at: clock.now(),
    },
    actor,
  );
  return { transactionId: posted.id, isNew: true };
}
