import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { ORDER_LETTERS } from "~/forms/statement-line";
import type { Database, Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { shredPayee } from "~server/claims/shred-payee.server";
import { chinaDay, type Clock } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import { isHeld } from "~server/rewards/find-hold.server";
import type { Actor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward, type LockedAward } from "./lock-award.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { countPayments, findOrder, isOnLine } from "./order-payment.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

export type RecordPaymentInput = {
  readonly awardId: string;
  /** The bank's value date, not later than today and not before the acceptance. */
  readonly paidOn: string;
  /** The bank's reference, e.g. `BK20260105-0001`; never an account or a name (invariant 17). */
  readonly reference: string;
  /** The order the bank's line names, where it was the bank that told of the payment: upon no other it is recorded. */
  readonly orderId?: string;
};

const REFERENCE = /^[A-Z]{2}[A-Z0-9-]{4,30}$/;
const OF_ORDER = new RegExp(`^HD20\\d{2}-${ORDER_LETTERS}$`);

/**
 * A cashier records that a posted award was paid by transfer: payable / treasury. Two stand behind it: who released the
 * batch of its line, or, outside any batch, who ordered this very payment (ledger_requests, `pay`). The same payment
 * again is the same payout. Throws `payment_not_ordered`, `order_over`, `wrong_role`, `needs_passkey`, `cashier_apart`, `already_paid`,
 * `award_moved`, `date_invalid`, `reference_invalid`, `reference_used`, `reference_of_order`, `period_closed`, `not_found`.
 */
export async function recordPayment(
  db: Database,
  input: RecordPaymentInput,
  actor: Actor,
  clock: Clock,
): Promise<{ payoutId: string; transactionId: string; isNew: boolean }> {
  const done = await explainFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "cashier");
        const award = await lockAward(tx, input.awardId);
        const live = await findLivePayout(tx, award.id);
        if (live !== undefined) {
          if (live.reference !== input.reference || live.paidOn !== input.paidOn)
            throw refusal("already_paid");
          return { payoutId: live.id, transactionId: live.transactionId, isNew: false };
        }
        if (award.status !== "posted") throw refusal("award_moved");
        if (await isHeld(tx, award.id)) throw refusal("award_held");
        await checkPayment(tx, input, award, person.id, clock);
        const earlier = await countPayments(tx, award.id);
        const requestId = (await isOnLine(tx, award.id))
          ? undefined
          : await findOrder(tx, award.id, earlier, chinaDay(clock.now()));
        if (input.orderId !== undefined && input.orderId !== requestId) throw refusal("payment_not_ordered");
        if (await isOfAnotherOrder(tx, input.reference, requestId)) throw refusal("reference_of_order");
        const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
        const posted = await postTransaction(tx, {
          event: "award.paid",
          eventOn: input.paidOn,
          fundId: budget.fundId,
          idempotencyKey: `award.paid:${award.id}:${earlier + 1}`,
          awardId: award.id,
          ...(requestId !== undefined && { requestId }),
          actorId: person.id,
          entries: [
            {
              debit: budget.account("payable"),
              credit: budget.account("treasury"),
              amountFen: award.amountFen,
            },
          ],
        });
        const payoutId = uuidv7();
        await tx.insert(payouts).values({
          id: payoutId,
          awardId: award.id,
          kind: "transfer",
          amountFen: award.amountFen,
          paidOn: input.paidOn,
          reference: input.reference,
          status: "live",
          transactionId: posted.id,
          cashierId: person.id,
        });
        await tx.update(awards).set({ status: "paid" }).where(eq(awards.id, award.id));
        // A payment of a batch keeps the details until the bank has said it went.
        if (requestId !== undefined)
          await shredPayee(tx, award.id, { on: chinaDay(clock.now()), why: "settled" });
        await recordEvent(
          tx,
          {
            action: "award.paid",
            subjectTable: "awards",
            subjectId: award.id,
            leadId: award.leadId,
            data: {
              payout: payoutId,
              transaction: posted.id,
              amountFen: award.amountFen.toString(),
              paidOn: input.paidOn,
            },
            at: clock.now(),
          },
          actor,
        );
        return { payoutId, transactionId: posted.id, isNew: true };
      }),
    ),
  );
  await numberAfterCommit(db);
  return done;
}

async function findLivePayout(tx: Tx, awardId: string) {
  const [live] = await tx
    .select()
    .from(payouts)
    .where(and(eq(payouts.awardId, awardId), eq(payouts.status, "live")));
  return live;
}

async function checkPayment(
  tx: Tx,
  input: RecordPaymentInput,
  award: LockedAward,
  cashierId: string,
  clock: Clock,
): Promise<void> {
  if (!REFERENCE.test(input.reference)) throw refusal("reference_invalid");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(input.paidOn)) throw refusal("date_invalid");
  if (input.paidOn > chinaDay(clock.now()) || input.paidOn < (award.acceptedOn ?? "9999")) {
    throw refusal("date_invalid");
  }
  const { rows } = await tx.execute<{ signed: boolean }>(
    sql`select signed_voucher(${award.id}::uuid, ${cashierId}::uuid) as signed`,
  );
  if (rows[0]?.signed !== false) throw refusal("cashier_apart");
}

/** A payment may bear the reference its own order gave the bank, and no other order's: the bank's line of that is matched by it. */
async function isOfAnotherOrder(tx: Tx, reference: string, orderId: string | undefined): Promise<boolean> {
  if (!OF_ORDER.test(reference)) return false;
  const own = await tx
    .select({ id: ledgerRequests.id })
    .from(ledgerRequests)
    .where(
      and(
        eq(ledgerRequests.kind, "pay"),
        eq(sql`${ledgerRequests.data} ->> 'reference'`, reference),
        eq(ledgerRequests.id, sql`${orderId ?? null}::uuid`),
      ),
    );
  return own.length === 0;
}

/** What only the database can see of a reference, said as a sentence. */
async function explainFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "payouts_ordered") throw refusal("payment_not_ordered");
    if (constraint === "payouts_reference_uq") throw refusal("reference_used");
    if (constraint === "payouts_reference_ck" || constraint === "payouts_reference_plain_ck") {
      throw refusal("reference_invalid");
    }
    if (constraint === "ledger_transactions_period") throw refusal("period_closed");
    if (constraint === "payouts_way" || constraint === "payouts_heir") throw refusal("payment_way");
    if (constraint === "payouts_on_line") throw refusal("award_in_batch");
    throw error;
  }
}
