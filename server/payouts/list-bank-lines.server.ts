import { and, asc, count, desc, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { bankLines, bankStatements, lineDecisions } from "~db/schema/bank-statements";
import { funds } from "~db/schema/ledger";
import { payoutLines } from "~db/schema/payout-batches";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { BankStatus } from "~/forms/statement-line";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { LineFault } from "./name-line";
import { readBankFormat } from "~server/bank-formats/read-format.server";

export const LINES_A_PAGE = 25;
export const LINE_LISTS = ["named", "suspense", "settled", "bounced"] as const;
export type LineList = (typeof LINE_LISTS)[number];

/** Lines of statements by what became of them, what waits longest first, with the statements last taken. */
export async function listBankLines(
  db: Database,
  input: { readonly list: LineList; readonly page: number },
  actor: Actor,
) {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const waits = input.list === "named" || input.list === "suspense";
    const rows = await tx
      .select({
        id: bankLines.id,
        statement: bankStatements.number,
        lineNo: bankLines.lineNo,
        amountFen: bankLines.amountFen,
        valueOn: bankLines.valueOn,
        status: bankLines.status,
        fault: bankLines.fault,
        reference: payoutLines.reference,
        codeName: payoutLines.codeName,
        lineState: payoutLines.state,
        expectedFen: payoutLines.amountFen,
        reason: lineDecisions.reason,
        proposerId: lineDecisions.saidBy,
        proposer: staff.displayName,
      })
      .from(bankLines)
      .innerJoin(bankStatements, eq(bankStatements.id, bankLines.statementId))
      .leftJoin(payoutLines, eq(payoutLines.id, bankLines.payoutLineId))
      .leftJoin(
        lineDecisions,
        and(
          eq(lineDecisions.bankLineId, bankLines.id),
          eq(lineDecisions.what, input.list === "suspense" ? "matched" : "dismissed"),
          isNull(lineDecisions.withdrawnAt),
        ),
      )
      .leftJoin(staff, eq(staff.id, lineDecisions.saidBy))
      .where(eq(bankLines.outcome, input.list))
      .orderBy(waits ? asc(bankLines.id) : desc(bankLines.id))
      .limit(LINES_A_PAGE)
      .offset((input.page - 1) * LINES_A_PAGE);
    const counted = await tx
      .select({ outcome: bankLines.outcome, count: count() })
      .from(bankLines)
      .groupBy(bankLines.outcome);
    const of = (outcome: string) => counted.find((row) => row.outcome === outcome)?.count ?? 0;
    const statements = await tx
      .select({
        id: bankStatements.id,
        number: bankStatements.number,
        source: funds.source,
        closedOn: bankStatements.closedOn,
        closingFen: bankStatements.closingFen,
        lines: bankStatements.lines,
      })
      .from(bankStatements)
      .innerJoin(funds, and(eq(funds.id, bankStatements.fundId)))
      .orderBy(desc(bankStatements.id))
      .limit(10);
    const all = await tx.select({ id: funds.id, source: funds.source }).from(funds).orderBy(asc(funds.slug));
    return {
      rows: rows.map((row) => ({
        ...row,
        amountFen: row.amountFen.toString(),
        expectedFen: row.expectedFen?.toString() ?? null,
        status: row.status as BankStatus,
        fault: row.fault as LineFault | null,
      })),
      counts: {
        named: of("named"),
        suspense: of("suspense"),
        settled: of("settled"),
        bounced: of("bounced"),
      },
      statements: statements.map((row) => ({ ...row, closingFen: row.closingFen.toString() })),
      funds: all,
      format: (await readBankFormat(tx)).statement,
    };
  });
}

export type BankLinesView = Awaited<ReturnType<typeof listBankLines>>;
