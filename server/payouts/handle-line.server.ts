import { and, eq, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { bankLines, bankStatements } from "~db/schema/bank-statements";
import { payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { shredPayee } from "~server/claims/shred-payee.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postMatched, postUnmatched } from "~server/ledger/post-suspense.server";
import { recordBounce } from "~server/ledger/record-bounce.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { Actor } from "~server/staff-auth/actor";
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

/**
 * What a person decides of a named line: its money is real and goes to suspense, or (a double alone) it is the same line
 * once more and nothing of it is booked. Throws `line_moved`, `wrong_role`.
 */
export async function decideNamed(
  db: Database,
  input: { readonly bankLineId: string; readonly what: "suspense" | "dismissed" },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  let attempt = 0;
  await explainPayoutFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        attempt += 1;
        if (attempt > 1 && (await isDone(tx, input.bankLineId, input.what, actor))) return;
        const { line, fundId } = await findBankLine(tx, input.bankLineId, "named");
        const { person } = await requireFinanceRole(tx, actor, "cashier");
        if (input.what === "dismissed" ? line.fault !== "double" : line.status === "rejected")
          throw payoutRefusal("line_moved");
        if (input.what === "suspense") await postUnmatched(tx, movementOf(line, fundId), actor, clock);
        await tx
          .update(bankLines)
          .set({ outcome: input.what, fault: null, handledBy: person.id, handledAt: clock.now() })
          .where(eq(bankLines.id, line.id));
        await note(tx, `bank_line.${input.what}`, line, actor, clock);
      }),
    ),
  );
  await numberAfterCommit(db);
}

/**
 * A person matches a line in suspense: to a payment of ours by its reference (a debit settles it, a return bounces it),
 * or, with no reference, to an event booked elsewhere. The real event first, then suspense is booked back; both have
 * their keys, so that an act cut short is simply done again. Throws `line_moved`, and what recordPayment throws.
 */
export async function matchSuspense(
  db: Database,
  input: { readonly bankLineId: string; readonly reference: string | null },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const { line, own } = await withActor(db, actor, async (tx) => {
    const found = await findBankLine(tx, input.bankLineId, "suspense");
    if (input.reference === null) return { ...found, own: null };
    const [own] = await tx.select().from(payoutLines).where(eq(payoutLines.reference, input.reference));
    if (own === undefined || own.amountFen !== found.line.amountFen) throw payoutRefusal("line_moved");
    return { ...found, own };
  });
  if (own !== null && line.status === "out")
    await recordPayment(
      db,
      { awardId: own.awardId, paidOn: line.valueOn, reference: own.reference },
      actor,
      clock,
    );
  else if (own !== null) {
    const [payout] = await withActor(db, actor, (tx) =>
      tx.select({ id: payouts.id }).from(payouts).where(eq(payouts.reference, own.reference)),
    );
    if (payout === undefined) throw payoutRefusal("line_moved");
    await recordBounce(db, { payoutId: payout.id, bouncedOn: line.valueOn }, actor, clock);
  }
  let attempt = 0;
  await explainPayoutFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        attempt += 1;
        if (attempt > 1 && (await isDone(tx, input.bankLineId, "matched", actor))) return;
        const { line: now, fundId } = await findBankLine(tx, input.bankLineId, "suspense");
        const { person } = await requireFinanceRole(tx, actor, "cashier");
        await postMatched(tx, movementOf(now, fundId), actor, clock);
        await tx
          .update(bankLines)
          .set({
            outcome: "matched",
            payoutLineId: own?.id ?? null,
            handledBy: person.id,
            handledAt: clock.now(),
          })
          .where(and(eq(bankLines.id, now.id), eq(bankLines.outcome, "suspense")));
        if (own !== null && line.status === "out")
          await shredPayee(tx, own.awardId, { on: chinaDay(clock.now()), why: "settled" });
        await note(tx, "bank_line.matched", now, actor, clock);
      }),
    ),
  );
  await numberAfterCommit(db);
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

type BankLine = typeof bankLines.$inferSelect;

async function findBankLine(
  tx: Tx,
  id: string,
  outcome: string,
): Promise<{ line: BankLine; fundId: string }> {
  const [row] = await tx
    .select({ line: bankLines, fundId: bankStatements.fundId })
    .from(bankLines)
    .innerJoin(bankStatements, eq(bankStatements.id, bankLines.statementId))
    .where(eq(bankLines.id, id));
  if (row === undefined) throw notFound();
  if (row.line.outcome !== outcome) throw payoutRefusal("line_moved");
  return row;
}

function movementOf(line: BankLine, fundId: string) {
  const direction = line.status === "out" ? ("out" as const) : ("in" as const);
  return { fundId, direction, amountFen: line.amountFen, eventOn: line.valueOn, lineId: line.id };
}

async function note(tx: Tx, action: string, line: BankLine, actor: Actor, clock: Clock): Promise<void> {
  const data = { line: line.lineNo, amount: line.amountFen.toString() };
  const subject = { subjectTable: "bank_statements", subjectId: line.statementId };
  await recordEvent(tx, { action, ...subject, data, at: clock.now() }, actor);
}
