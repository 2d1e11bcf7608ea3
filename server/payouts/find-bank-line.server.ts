import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { bankLines, bankStatements } from "~db/schema/bank-statements";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
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
export function movementOf(line: BankLine, fundId: string) {
  const direction = line.status === "out" ? ("out" as const) : ("in" as const);
  return { fundId, direction, amountFen: line.amountFen, eventOn: line.valueOn, lineId: line.id };
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
