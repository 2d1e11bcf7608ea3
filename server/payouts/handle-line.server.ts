import { and, eq, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { bankLines } from "~db/schema/bank-statements";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { withActor } from "~db/with-actor.server";
import { shredPayee } from "~server/claims/shred-payee.server";
import { chinaDay, type Clock } from "~server/clock";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postMatched, postUnmatched } from "~server/ledger/post-suspense.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { Actor } from "~server/staff-auth/actor";
import { bookingDay, findBankLine, movementOf, noteLine, type BankLine } from "./find-bank-line.server";
import { matchLine } from "./match-line.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

/** A named line is tried again, e.g. after its batch was marked as sent. Throws `line_not_retried`, `line_moved`. */
export async function retryLine(
  db: Database,
  input: { readonly bankLineId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await withActor(db, actor, (tx) => findBankLine(tx, input.bankLineId, "named"));
  if ((await matchLine(db, input, actor, clock)) === "named") throw payoutRefusal("line_not_retried");
}

/** The money of a named line is real and goes to suspense, until a match is found. Throws `line_moved`, `wrong_role`. */
export async function moveToSuspense(
  db: Database,
  input: { readonly bankLineId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  let attempt = 0;
  await explainPayoutFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        attempt += 1;
        if (attempt > 1 && (await isDone(tx, input.bankLineId, "suspense", actor))) return;
        const { line, fundId } = await findBankLine(tx, input.bankLineId, "named");
        const { person } = await requireFinanceRole(tx, actor, "cashier");
        if (line.status === "rejected" && !(await isBooked(tx, line))) throw payoutRefusal("line_moved");
        await postUnmatched(tx, await movementOf(tx, line, fundId, clock), actor, clock);
        await tx
          .update(bankLines)
          .set({ outcome: "suspense", fault: null, handledBy: person.id, handledAt: clock.now() })
          .where(eq(bankLines.id, line.id));
        await noteLine(tx, "bank_line.suspense", line, actor, clock);
      }),
    ),
  );
  await numberAfterCommit(db);
}

/**
 * A cashier matches a line in suspense to a payment of ours by its reference: a debit settles what two released, a
 * return bounces it, and suspense is booked back. What is booked elsewhere is set aside by two (set-line-aside). Safe to
 * do again: each posting has its key. Throws `line_moved`, and what recordPayment throws.
 */
export async function matchSuspense(
  db: Database,
  input: { readonly bankLineId: string; readonly reference: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const { line, own, paidOn } = await withActor(db, actor, async (tx) => {
    const found = await findBankLine(tx, input.bankLineId, "suspense");
    const [ours] = await tx
      .select({ own: payoutLines, fundId: payoutBatches.fundId })
      .from(payoutLines)
      .innerJoin(payoutBatches, eq(payoutBatches.id, payoutLines.batchId))
      .where(eq(payoutLines.reference, input.reference));
    if (ours === undefined || ours.own.amountFen !== found.line.amountFen) throw payoutRefusal("line_moved");
    // Before the payment is booked, which nothing undoes but the bank.
    if (ours.fundId !== found.fundId) throw payoutRefusal("line_fund");
    return { ...found, own: ours.own, paidOn: await bookingDay(tx, found.line.valueOn, clock) };
  });
  const out = line.status === "out";
  const payment = { awardId: own.awardId, paidOn, reference: own.reference };
  if (out) await recordPayment(db, payment, actor, clock);
  let attempt = 0;
  await explainPayoutFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        attempt += 1;
        if (attempt > 1 && (await isDone(tx, input.bankLineId, "matched", actor))) return;
        const { line: now, fundId } = await findBankLine(tx, input.bankLineId, "suspense");
        const { person } = await requireFinanceRole(tx, actor, "cashier");
        if (!out) {
          const ours = eq(payouts.reference, own.reference);
          const [payout] = await tx
            .select({ id: payouts.id, paidOn: payouts.paidOn })
            .from(payouts)
            .where(ours);
          if (payout === undefined) throw payoutRefusal("line_moved");
          // As a return that is matched by itself: nothing comes back before the day it was booked as paid.
          const back = now.valueOn < payout.paidOn ? payout.paidOn : now.valueOn;
          await bouncePayment(
            tx,
            { payoutId: payout.id, bouncedOn: await bookingDay(tx, back, clock) },
            person,
            clock,
          );
        }
        await postMatched(tx, await movementOf(tx, now, fundId, clock), actor, clock);
        await tx
          .update(bankLines)
          .set({
            outcome: "matched",
            payoutLineId: own.id,
            payoutId: null,
            handledBy: person.id,
            handledAt: clock.now(),
          })
          .where(and(eq(bankLines.id, now.id), eq(bankLines.outcome, "suspense")));
        if (out) await shredPayee(tx, own.awardId, { on: chinaDay(clock.now()), why: "settled" });
        await noteLine(tx, "bank_line.matched", now, actor, clock);
      }),
    ),
  );
  await numberAfterCommit(db);
}

/** Whether the books say that a rejected payment left the account, and take it back no more, as of an award ordered back. */
async function isBooked(tx: Tx, line: BankLine): Promise<boolean> {
  if (line.fault !== "refused") return false;
  if (line.payoutId !== null) {
    const live = and(eq(payouts.id, line.payoutId), eq(payouts.status, "live"));
    return (await tx.select({ id: payouts.id }).from(payouts).where(live)).length > 0;
  }
  if (line.payoutLineId === null) return false;
  const booked = await tx
    .select({ id: payoutLines.id })
    .from(payoutLines)
    .where(and(eq(payoutLines.id, line.payoutLineId), eq(payoutLines.state, "settled")));
  return booked.length > 0;
}

/** Whether an attempt before this one was carried out, and only its reply was lost. */
async function isDone(tx: Tx, id: string, outcome: string, actor: Actor): Promise<boolean> {
  const by = actor.kind === "staff" ? eq(bankLines.handledBy, actor.id) : isNull(bankLines.handledBy);
  const done = await tx
    .select({ id: bankLines.id })
    .from(bankLines)
    .where(and(eq(bankLines.id, id), eq(bankLines.outcome, outcome), by));
  return done.length > 0;
}
