import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { bankLines, bankStatements } from "~db/schema/bank-statements";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { withActor } from "~db/with-actor.server";
import { shredPayee } from "~server/claims/shred-payee.server";
import { chinaDay, type Clock } from "~server/clock";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import { bouncePayment } from "~server/ledger/bounce-payment.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postUnmatched } from "~server/ledger/post-suspense.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { bookingDay, movementOf, type BankLine } from "./find-bank-line.server";
import type { BatchLine } from "./lock-batch.server";
import {
  bounceByBank,
  findHandPayment,
  judgeHandLine,
  settleByHand,
  ORDER_REFERENCE,
  type HandPayment,
} from "./match-hand-payment.server";
import { Named, type LineFault, type Verdict } from "./name-line";

type Found = {
  readonly line: BankLine;
  readonly fundId: string;
  readonly own: BatchLine | null;
  /** Of a line that carries the reference of an order to pay by hand. */
  readonly hand: HandPayment | null;
  /** The payment is ours, but of another fund, or of a lead this cashier is recused from: another settles it. */
  readonly elsewhere: boolean;
};

/**
 * Matches one line of a statement by its end-to-end id, or the reference of an order to pay by hand, and its amount: a debit settles its payment, a return bounces
 * it, a rejection ends its line, or bounces it where the payment is in our books already; what is no payment of ours goes
 * to suspense. Whatever does not fit is named with its
 * reason and left to a person: nothing is guessed. Safe to run again at any point: every posting has its key.
 */
export async function matchLine(
  db: Database,
  input: { readonly bankLineId: string },
  actor: Actor,
  clock: Clock,
): Promise<Verdict["outcome"]> {
  const found = await withActor(db, actor, async (tx) => {
    await requireFinanceRole(tx, actor, "cashier");
    return findLine(tx, input.bankLineId);
  });
  if (found.line.outcome !== "waiting" && found.line.outcome !== "named")
    return found.line.outcome as Verdict["outcome"];
  let verdict = judge(found);
  let payoutId = found.hand?.payout?.id ?? null;
  try {
    const { own, hand } = found;
    if (verdict.outcome === "settled" && hand !== null)
      payoutId = await settleByHand(db, found.line, hand, actor, clock);
    if (verdict.outcome === "settled" && own !== null) await settle(db, found.line, own, actor, clock);
    await conclude(db, { ...found, payoutId }, verdict, actor, clock);
  } catch (error) {
    verdict = { outcome: "named", fault: explain(error) };
    await conclude(db, { ...found, payoutId }, verdict, actor, clock);
  }
  if (verdict.outcome === "suspense" || verdict.outcome === "bounced") await numberAfterCommit(db);
  return verdict.outcome;
}

async function findLine(tx: Tx, bankLineId: string): Promise<Found> {
  const [row] = await tx
    .select({ line: bankLines, fundId: bankStatements.fundId })
    .from(bankLines)
    .innerJoin(bankStatements, eq(bankStatements.id, bankLines.statementId))
    .where(eq(bankLines.id, bankLineId));
  if (row === undefined) throw notFound();
  const { endToEndId } = row.line;
  if (endToEndId === null) return { ...row, own: null, hand: null, elsewhere: false };
  if (ORDER_REFERENCE.test(endToEndId)) {
    const { hand, ours } = await findHandPayment(tx, endToEndId);
    return { ...row, own: null, hand, elsewhere: hand === null ? ours : hand.fundId !== row.fundId };
  }
  const [found] = await tx
    .select({ own: payoutLines, fundId: payoutBatches.fundId })
    .from(payoutLines)
    .innerJoin(payoutBatches, eq(payoutBatches.id, payoutLines.batchId))
    .where(eq(payoutLines.id, sql`${endToEndId}::uuid`));
  if (found !== undefined)
    return { ...row, own: found.own, hand: null, elsewhere: found.fundId !== row.fundId };
  const { rows } = await tx.execute<{ ours: boolean }>(
    sql`select is_payout_line(${endToEndId}::uuid) as ours`,
  );
  return { ...row, own: null, hand: null, elsewhere: rows[0]?.ours === true };
}

function judge({ line, own, hand, elsewhere }: Found): Verdict {
  if (line.status === "pending") return { outcome: "pending" };
  if (elsewhere) return { outcome: "named", fault: "refused" };
  if (hand !== null) return judgeHandLine(line, hand);
  if (own === null)
    return line.status === "rejected" ? { outcome: "named", fault: "ended" } : { outcome: "suspense" };
  if (own.amountFen !== line.amountFen) return { outcome: "named", fault: "amount" };
  const gone = own.state === "sent" || own.state === "unknown";
  if (own.state === "frozen" || own.state === "released") return { outcome: "named", fault: "not_sent_yet" };
  switch (line.status) {
    case "out":
      // A settled line may be this very one, taken up again after a fault: settling it twice is one payment.
      return gone || own.state === "settled" || own.state === "bounced"
        ? { outcome: "settled" }
        : { outcome: "named", fault: "ended" };
    case "returned":
      if (gone) return { outcome: "named", fault: "return_first" };
      return own.state === "settled" || own.state === "bounced"
        ? { outcome: "bounced" }
        : { outcome: "named", fault: "ended" };
    case "rejected":
      if (gone) return { outcome: "rejected" };
      // The bank takes back what is booked as paid: it never left, or it is here again.
      return own.state === "settled" || own.state === "bounced"
        ? { outcome: "bounced" }
        : { outcome: "named", fault: "ended" };
    default:
      return { outcome: "named", fault: "direction" };
  }
}

async function settle(
  db: Database,
  line: BankLine,
  own: BatchLine,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const { earlier, recorded, paidOn } = await withActor(db, actor, async (tx) => ({
    earlier: await findSettled(tx, own, "settled"),
    recorded: await findPayout(tx, own),
    paidOn: await bookingDay(tx, line.valueOn, clock),
  }));
  if (earlier !== undefined || own.state === "bounced") throw new Named("double");
  // Recorded before the statement came, whatever day was written: this is the bank's word of it.
  if (recorded?.status === "live") return;
  await recordPayment(db, { awardId: own.awardId, paidOn, reference: own.reference }, actor, clock);
}

/** In the transaction that books the bank's line to the payment: neither stands without the other. */
async function bounce(
  tx: Tx,
  line: BankLine,
  own: BatchLine,
  person: StaffActor,
  clock: Clock,
): Promise<void> {
  const payout = await findPayout(tx, own);
  const earlier = await findSettled(tx, own, "bounced");
  if (earlier !== undefined && earlier.id !== line.id) throw new Named("double");
  if (payout === undefined) throw new Named("ended");
  // Nothing comes back before the day it was booked as paid, which a cashier may have written before the bank did.
  const back = line.valueOn < payout.paidOn ? payout.paidOn : line.valueOn;
  const bouncedOn = await bookingDay(tx, back, clock);
  await bouncePayment(tx, { payoutId: payout.id, bouncedOn }, person, clock);
}

async function findPayout(tx: Tx, own: BatchLine) {
  const [payout] = await tx
    .select({ id: payouts.id, status: payouts.status, paidOn: payouts.paidOn })
    .from(payouts)
    .where(and(eq(payouts.awardId, own.awardId), eq(payouts.reference, own.reference)));
  return payout;
}

async function findSettled(tx: Tx, own: BatchLine, outcome: "settled" | "bounced") {
  const [row] = await tx
    .select({ id: bankLines.id })
    .from(bankLines)
    .where(and(eq(bankLines.payoutLineId, own.id), eq(bankLines.outcome, outcome)));
  return row;
}

/** Writes what became of the line, with what goes with it: suspense, a rejected line, the payee's record shredded. */
async function conclude(
  db: Database,
  { line, fundId, own, payoutId }: Found & { readonly payoutId: string | null },
  verdict: Verdict,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await retryPosting(() =>
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      if (verdict.outcome === "suspense") {
        await postUnmatched(tx, await movementOf(tx, line, fundId, clock), actor, clock);
      }
      if (verdict.outcome === "bounced" && own !== null) await bounce(tx, line, own, person, clock);
      if (verdict.outcome === "bounced" && payoutId !== null)
        await bounceByBank(tx, line, payoutId, person, clock);
      const written = await tx
        .update(bankLines)
        .set({
          outcome: verdict.outcome,
          fault: verdict.outcome === "named" ? verdict.fault : null,
          payoutLineId: own?.id ?? null,
          payoutId,
          handledBy: person.id,
          handledAt: clock.now(),
        })
        .where(and(eq(bankLines.id, line.id), inArray(bankLines.outcome, ["waiting", "named"])))
        .returning({ id: bankLines.id });
      if (written.length === 0 || own === null) return;
      if (verdict.outcome === "rejected")
        await tx.update(payoutLines).set({ state: "rejected" }).where(eq(payoutLines.id, own.id));
      if (verdict.outcome === "settled")
        await shredPayee(tx, own.awardId, { on: chinaDay(clock.now()), why: "settled" });
    }),
  );
}

/** What the books do not take: the line's own course, an award that was ordered back, a day of ours in a closed month. */
const REFUSED = new Set([
  ...["payout_lines_history", "payouts_on_line", "ledger_transactions_period", "awards_clawback"],
  // The line went another step while it was judged: tried again, it is judged as it stands.
  "bank_lines_match",
]);

function explain(error: unknown): LineFault {
  if (error instanceof Named) return error.fault;
  // Nobody knows yet what became of it: the line waits, and the statement sent again goes on here.
  if (error instanceof DomainError && error.code === "posting_unconfirmed") throw error;
  if (error instanceof DomainError) return error.code === "already_paid" ? "double" : "refused";
  const { constraint } = databaseFault(error);
  if (
    constraint === "bank_lines_once_uq" ||
    constraint === "bank_lines_payout_uq" ||
    constraint === "bank_lines_once"
  )
    return "double";
  if (REFUSED.has(constraint ?? "")) return "refused";
  throw error;
}
