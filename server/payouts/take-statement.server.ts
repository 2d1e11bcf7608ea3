import { createHash } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { MAX_STATEMENT_LINES, statementLine } from "~/forms/statement-line";
import type { Database } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { bankLines, bankStatements } from "~db/schema/bank-statements";
import { funds } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { canonicalJson } from "~server/canonical-json";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { Actor } from "~server/staff-auth/actor";
import { matchLine } from "./match-line.server";
import { payoutRefusal } from "./refusals.server";

/** All a statement may bring: anything else in it is refused, not dropped (invariant 17). */
export const uploadedStatement = z.strictObject({
  // As they are kept: ledger:verify writes the statement's hash anew from its rows.
  fundId: z.uuid().toLowerCase(),
  number: z.string().regex(/^\d{8}-\d{1,2}$/),
  closedOn: z.iso.date(),
  closingFen: z.string().regex(/^(?:0|-?[1-9]\d{0,14})$/),
  lines: z.array(statementLine).max(MAX_STATEMENT_LINES),
});
export type UploadedStatement = z.infer<typeof uploadedStatement>;

export type TakenStatement = {
  readonly statementId: string;
  readonly isNew: boolean;
  /** How many lines came to which outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
};

/**
 * Keeps a statement and matches its lines, each in transactions of its own: a statement taken halfway is gone on with
 * by sending it again. The same statement again is the same; another under its number is refused. Throws `wrong_role`,
 * `needs_passkey`, `statement_day`, `statement_differs`, `not_found`.
 */
export async function takeStatement(
  db: Database,
  input: UploadedStatement,
  actor: Actor,
  clock: Clock,
): Promise<TakenStatement> {
  const hash = createHash("sha256").update(canonicalJson(input), "utf8").digest();
  const kept = await retryPosting(() =>
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      const [fund] = await tx.select({ id: funds.id }).from(funds).where(eq(funds.id, input.fundId));
      if (fund === undefined) throw notFound();
      if (input.closedOn > chinaDay(clock.now()) || input.lines.some(({ date }) => date > input.closedOn))
        throw payoutRefusal("statement_day");
      const id = uuidv7();
      const written = await tx
        .insert(bankStatements)
        .values({
          id,
          fundId: fund.id,
          number: input.number,
          hash,
          closedOn: input.closedOn,
          closingFen: BigInt(input.closingFen),
          lines: input.lines.length,
          uploadedBy: person.id,
          uploadedAt: clock.now(),
        })
        .onConflictDoNothing({ target: [bankStatements.fundId, bankStatements.number] })
        .returning({ id: bankStatements.id });
      if (written.length === 0) {
        const [known] = await tx
          .select()
          .from(bankStatements)
          .where(and(eq(bankStatements.fundId, fund.id), eq(bankStatements.number, input.number)));
        if (known === undefined || !known.hash.equals(hash)) throw payoutRefusal("statement_differs");
        return { id: known.id, isNew: false };
      }
      await insertRows(
        tx,
        bankLines,
        input.lines.map(({ endToEndId, amountFen, date, status }, at) => ({
          id: uuidv7(),
          statementId: id,
          lineNo: at + 1,
          endToEndId,
          amountFen: BigInt(amountFen),
          valueOn: date,
          status,
          outcome: "waiting",
        })),
      );
      await recordEvent(
        tx,
        {
          action: "statement.taken",
          subjectTable: "bank_statements",
          subjectId: id,
          data: { number: input.number, lines: input.lines.length, hash: hash.toString("hex") },
          at: clock.now(),
        },
        actor,
      );
      return { id, isNew: true };
    }),
  );
  return {
    statementId: kept.id,
    isNew: kept.isNew,
    outcomes: await matchStatement(db, kept.id, actor, clock),
  };
}

async function matchStatement(db: Database, statementId: string, actor: Actor, clock: Clock) {
  const read = () =>
    withActor(db, actor, (tx) =>
      tx
        .select({ id: bankLines.id, outcome: bankLines.outcome })
        .from(bankLines)
        .where(eq(bankLines.statementId, statementId))
        .orderBy(asc(bankLines.lineNo)),
    );
  for (const line of await read())
    if (line.outcome === "waiting") await matchLine(db, { bankLineId: line.id }, actor, clock);
  const outcomes: Record<string, number> = {};
  for (const { outcome } of await read()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return outcomes;
}
