import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { ORDER_LETTERS } from "~/forms/statement-line";
import type { Database, Tx } from "~db/client.server";
import { bankLines } from "~db/schema/bank-statements";
import { budgets, ledgerTransactions } from "~db/schema/ledger";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { bookingDay, type BankLine } from "./find-bank-line.server";
import { Named, type Verdict } from "./name-line";

/** A payment by hand as its order knows it: what two ordered, and the payment that was made upon it, if any yet. */
export type HandPayment = {
  readonly orderId: string;
  readonly awardId: string;
  readonly amountFen: bigint;
  readonly fundId: string;
  readonly payout: { readonly id: string; readonly status: string; readonly paidOn: string } | null;
  /** Whether the bank told of another debit under the reference, which waits for a person or in suspense. */
  readonly otherDebit: boolean;
};

/** References of orders, unlike ids of lines. */
export const ORDER_REFERENCE = new RegExp(`^HD20\\d{2}-${ORDER_LETTERS}$`);

/** What an order's reference means here; null where it is nobody's, or of a lead this cashier is recused from (`ours`). */
export async function findHandPayment(
  tx: Tx,
  reference: string,
): Promise<{ readonly hand: HandPayment | null; readonly ours: boolean }> {
  const [found] = await tx
    .select({
      orderId: ledgerRequests.id,
      awardId: awards.id,
      amountFen: awards.amountFen,
      fundId: budgets.fundId,
      payout: { id: payouts.id, status: payouts.status, paidOn: payouts.paidOn },
    })
    .from(ledgerRequests)
    .innerJoin(awards, eq(awards.id, ledgerRequests.awardId))
    .innerJoin(budgets, eq(budgets.id, awards.budgetId))
    .leftJoin(ledgerTransactions, eq(ledgerTransactions.requestId, ledgerRequests.id))
    .leftJoin(payouts, eq(payouts.transactionId, ledgerTransactions.id))
    .where(and(eq(ledgerRequests.kind, "pay"), eq(sql`${ledgerRequests.data} ->> 'reference'`, reference)));
  if (found !== undefined)
    return { hand: { ...found, otherDebit: await hasOtherDebit(tx, found.payout?.id) }, ours: true };
  const { rows } = await tx.execute<{ ours: boolean }>(sql`select is_order_reference(${reference}) as ours`);
  return { hand: null, ours: rows[0]?.ours === true };
}

/** Other lines name a payment where they are doubles of its debit, or differ from it. */
async function hasOtherDebit(tx: Tx, payoutId: string | undefined): Promise<boolean> {
  if (payoutId === undefined) return false;
  const others = await tx
    .select({ id: bankLines.id })
    .from(bankLines)
    .where(
      and(
        eq(bankLines.payoutId, payoutId),
        eq(bankLines.status, "out"),
        inArray(bankLines.outcome, ["named", "suspense"]),
      ),
    )
    .limit(1);
  return others.length > 0;
}

/**
 * What a line means that carries an order's reference. Unlike an id of a batch's line a reference may be given to the bank
 * again, for a second attempt or by mistake: so a rejection says nothing of a payment that was made, nor a return of which
 * of two debits came back. Such a line is the bank's word for what two of finance said before it, or waits for them.
 */
export function judgeHandLine(line: BankLine, hand: HandPayment): Verdict {
  if (hand.amountFen !== line.amountFen) return { outcome: "named", fault: "amount" };
  switch (line.status) {
    case "out":
      return { outcome: "settled" };
    case "returned":
      if (hand.payout === null) return { outcome: "named", fault: "return_first" };
      return hand.payout.status === "live" && hand.otherDebit
        ? { outcome: "named", fault: "refused" }
        : { outcome: "bounced" };
    case "rejected":
      if (hand.payout === null) return { outcome: "named", fault: "ended" };
      return hand.payout.status === "live" ? { outcome: "named", fault: "refused" } : { outcome: "bounced" };
    default:
      return { outcome: "named", fault: "direction" };
  }
}

/**
 * The bank's debit of an order: the payment a cashier recorded upon it, or one recorded now, as of a line of a batch. Upon
 * an order that is over, or was taken back, nothing is recorded: the line is named, and two give a new order.
 */
export async function settleByHand(
  db: Database,
  line: BankLine,
  hand: HandPayment,
  actor: Actor,
  clock: Clock,
): Promise<string> {
  if (hand.payout !== null) return hand.payout.id;
  const paidOn = await withActor(db, actor, (tx) => bookingDay(tx, line.valueOn, clock));
  const { awardId, orderId } = hand;
  const reference = line.endToEndId ?? "";
  return (await recordPayment(db, { awardId, paidOn, reference, orderId }, actor, clock)).payoutId;
}

/** In the transaction that books the bank's line to the payment: neither stands without the other. */
export async function bounceByBank(
  tx: Tx,
  line: BankLine,
  payoutId: string,
  person: StaffActor,
  clock: Clock,
): Promise<void> {
  const find = () => tx.select().from(payouts).where(eq(payouts.id, payoutId));
  const [known] = await find();
  if (known === undefined) throw new Named("ended");
  // The award first, as whoever else says that it came back: what is read after is what is so.
  await lockAward(tx, known.awardId);
  const [payout = known] = await find();
  const [earlier] = await tx
    .select({ id: bankLines.id })
    .from(bankLines)
    .where(
      and(eq(bankLines.payoutId, payoutId), eq(bankLines.outcome, "bounced"), ne(bankLines.id, line.id)),
    );
  if (earlier !== undefined) throw new Named("double");
  // Two of finance said so before the bank did: this is the bank's word of it, and nothing comes back twice.
  if (payout.status === "bounced") return;
  const back = line.valueOn < payout.paidOn ? payout.paidOn : line.valueOn;
  await bouncePayment(tx, { payoutId, bouncedOn: await bookingDay(tx, back, clock) }, person, clock);
}
