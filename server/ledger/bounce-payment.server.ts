import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readClawback } from "./claw-back.server";
import { findBudgetAccounts } from "./find-accounts.server";
import type { Asked } from "./ledger-requests";
import { lockAward } from "./lock-award.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/**
 * Whether two of finance may say that a payment came back: it was made by hand, stands, was not ordered back, and its day
 * is between the payment's and today. What a window handed over does not come back; what went by a batch comes back by
 * the bank's line. Throws `bounce_cash`, `bounce_by_bank`, `bounce_clawed_back`, `not_paid`, `date_invalid`, `not_found`.
 */
export async function judgeBounce(
  tx: Tx,
  asked: Extract<Asked, { kind: "bounce" }>,
  clock: Clock,
): Promise<void> {
  const award = await lockAward(tx, asked.awardId);
  const [payout] = await tx
    .select()
    .from(payouts)
    .where(and(eq(payouts.id, asked.payoutId), eq(payouts.awardId, award.id)));
  if (payout === undefined) throw notFound();
  if (payout.kind === "window") throw refusal("bounce_cash");
  // By its line and not by its looks: before there were batches a cashier could write a reference like theirs.
  if (await isOfLine(tx, award.id, payout.reference)) throw refusal("bounce_by_bank");
  if (payout.status !== "live" || award.status !== "paid") throw refusal("not_paid");
  if (asked.eventOn > chinaDay(clock.now()) || asked.eventOn < payout.paidOn) throw refusal("date_invalid");
  if ((await readClawback(tx, award.id)).orderedFen > 0n) throw refusal("bounce_clawed_back");
}

/** Whether a payment of an award went by a line of a batch. */
export async function isOfLine(tx: Tx, awardId: string, reference: string): Promise<boolean> {
  const lines = await tx
    .select({ id: payoutLines.id })
    .from(payoutLines)
    .where(and(eq(payoutLines.awardId, awardId), eq(payoutLines.reference, reference)));
  return lines.length > 0;
}

/**
 * Books, inside the caller's transaction, that the bank sent a payment back: treasury / payable; the award is payable
 * again. The same bounce again is the same posting. For a payment that went by a batch the caller books the bank's line
 * to it in the same transaction, for one by hand it names what two agreed to (`requestId`), or books the bank's return that
 * carries its order's reference: the database refuses it otherwise. Throws `not_paid`, `date_invalid`, `not_found`.
 */
export async function bouncePayment(
  tx: Tx,
  input: { readonly payoutId: string; readonly bouncedOn: string; readonly requestId?: string },
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
    ...(input.requestId !== undefined && { requestId: input.requestId }),
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
