import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward } from "./lock-award.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/**
 * Books, inside the caller's transaction, that the bank sent a payment back: treasury / payable; the award is payable
 * again. The same bounce again is the same posting. For a payment that went by a batch the caller books the bank's line
 * to it in the same transaction: the database refuses it otherwise. Throws `not_paid`, `date_invalid`, `not_found`.
 */
export async function bouncePayment(
  tx: Tx,
  input: { readonly payoutId: string; readonly bouncedOn: string },
  person: StaffActor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const [known] = await tx
    .select({ awardId: payouts.awardId })
    .from(payouts)
    .where(eq(payouts.id, input.payoutId));
  if (known === undefined) throw notFound();
  const award = await lockAward(tx, known.awardId);
  const [payout] = await tx.select().from(payouts).where(eq(payouts.id, input.payoutId));
  if (payout === undefined) throw notFound();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(input.bouncedOn)) throw refusal("date_invalid");
  if (input.bouncedOn > chinaDay(clock.now()) || input.bouncedOn < payout.paidOn)
    throw refusal("date_invalid");
  if (payout.status === "live" && award.status !== "paid") throw refusal("not_paid");
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  const posted = await postTransaction(tx, {
    event: "award.bounced",
    eventOn: input.bouncedOn,
    fundId: budget.fundId,
    idempotencyKey: `award.bounced:${payout.id}`,
    awardId: award.id,
    actorId: person.id,
    entries: [
      {
        debit: budget.account("treasury"),
        credit: budget.account("payable"),
        amountFen: payout.amountFen,
      },
    ],
  });
  if (posted.isNew) {
    await tx.update(payouts).set({ status: "bounced" }).where(eq(payouts.id, payout.id));
    await tx.update(awards).set({ status: "posted" }).where(eq(awards.id, award.id));
    await recordEvent(
      tx,
      {
        action: "award.bounced",
        subjectTable: "awards",
        subjectId: award.id,
        leadId: award.leadId,
        data: {
          payout: payout.id,
          transaction: posted.id,
          amountFen: payout.amountFen.toString(),
          bouncedOn: input.bouncedOn,
        },
        at: clock.now(),
      },
      person,
    );
  }
  return { transactionId: posted.id, isNew: posted.isNew };
}
