import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { bankLines, bankStatements } from "~db/schema/bank-statements";
import { periodClosings } from "~db/schema/ledger-acts";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor } from "~server/staff-auth/actor";
import { payoutRefusal } from "./refusals.server";

export type BankLine = typeof bankLines.$inferSelect;

/** A line of a statement that has come to `outcome`, with its fund. Throws `line_moved`, `not_found`. */
export async function findBankLine(
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

/** The line as money of its fund, for suspense. */
export async function movementOf(tx: Tx, line: BankLine, fundId: string, clock: Clock) {
  const direction = line.status === "out" ? ("out" as const) : ("in" as const);
  const eventOn = await bookingDay(tx, line.valueOn, clock);
  return { fundId, direction, amountFen: line.amountFen, eventOn, lineId: line.id };
}

/**
 * The day (`YYYY-MM-DD`, China) on which what the bank did on `valueOn` is booked: that day, or today where its month was
 * closed meanwhile. The bank's own day stays on its line.
 */
export async function bookingDay(tx: Tx, valueOn: string, clock: Clock): Promise<string> {
  const month = valueOn.slice(0, 7);
  const closed = await tx
    .select({ month: periodClosings.month })
    .from(periodClosings)
    .where(eq(periodClosings.month, month));
  return closed.length === 0 ? valueOn : chinaDay(clock.now());
}

/** What was done with a line, in its statement's history. */
export async function noteLine(
  tx: Tx,
  action: string,
  line: BankLine,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const data = { line: line.lineNo, amount: line.amountFen.toString() };
  const subject = { subjectTable: "bank_statements", subjectId: line.statementId };
  await recordEvent(tx, { action, ...subject, data, at: clock.now() }, actor);
}
