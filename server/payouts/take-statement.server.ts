import { createHash } from "node:crypto";
import { and, asc, eq, inArray, ne, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { MAX_STATEMENT_LINES, statementLine, type StatementLine } from "~/forms/statement-line";
import type { Database, Tx } from "~db/client.server";
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
import { payoutRefusal, statementAgain } from "./refusals.server";

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
 * by sending it again. The same statement again is the same; another under its number, and its lines under another, are
 * refused. Throws `wrong_role`, `needs_passkey`, `statement_day`, `statement_differs`, `statement_again`, `not_found`.
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
      // One statement of a fund at a time: of two uploads of the same lines the later finds the earlier.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('bank_statements'), hashtext(${fund.id}))`);
      const again = await findSameLines(tx, input);
      if (again !== null) throw statementAgain(again);
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

/**
 * The number of another statement of this fund and day that has these very lines, in whatever order: taken once more,
 * what is nobody's in it would be booked twice. Two days without a line are two statements.
 */
async function findSameLines(tx: Tx, input: UploadedStatement): Promise<string | null> {
  if (input.lines.length === 0) return null;
  const earlier = await tx
    .select({ id: bankStatements.id, number: bankStatements.number })
    .from(bankStatements)
    .where(
      and(
        eq(bankStatements.fundId, input.fundId),
        eq(bankStatements.closedOn, input.closedOn),
        eq(bankStatements.lines, input.lines.length),
        ne(bankStatements.number, input.number),
      ),
    )
    .orderBy(asc(bankStatements.uploadedAt), asc(bankStatements.id));
  if (earlier.length === 0) return null;
  const kept = await tx
    .select()
    .from(bankLines)
    .where(
      inArray(
        bankLines.statementId,
        earlier.map(({ id }) => id),
      ),
    );
  const wanted = asOneText(input.lines);
  const found = earlier.find(({ id }) => {
    const lines = kept.filter(({ statementId }) => statementId === id);
    return asOneText(lines.map(({ valueOn, ...line }) => ({ ...line, date: valueOn }))) === wanted;
  });
  return found?.number ?? null;
}

function asOneText(lines: readonly Record<keyof StatementLine, string | bigint | null>[]): string {
  return lines
    .map(({ endToEndId, amountFen, date, status }) => `${endToEndId ?? ""} ${amountFen} ${date} ${status}`)
    .sort()
    .join("\n");
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
