import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor } from "~server/staff-auth/actor";
import { explainFault } from "./explain-fault.server";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward } from "./lock-award.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/**
 * The bank sent a payment back: treasury / payable. The award is payable again, and may be paid anew. The same
 * bounce again is the same posting. Throws `wrong_role`, `needs_passkey`, `not_paid`, `date_invalid`,
 * `period_closed`, `bounce_clawed_back`, `not_found`.
 */
export async function recordBounce(
  db: Database,
  input: { readonly payoutId: string; readonly bouncedOn: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const work = () =>
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
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
          actor,
        );
      }
      return { transactionId: posted.id, isNew: posted.isNew };
    });
  // An award that was ordered back stays paid: what the bank returns is money of the claw-back.
  const done = await explainFault(() => retryPosting(work), { awards_clawback: "bounce_clawed_back" });
  await numberAfterCommit(db);
  return done;
}
