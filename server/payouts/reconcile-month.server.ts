import { and, desc, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { bankStatements, reconciliations } from "~db/schema/bank-statements";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { findFundAccounts } from "~server/ledger/find-accounts.server";
import { requireFinanceRole, requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

export type MonthView = {
  readonly openingFen: bigint;
  /** By event, in and out of the treasury account, 分. */
  readonly movements: readonly { readonly event: string; readonly inFen: bigint; readonly outFen: bigint }[];
  readonly closingFen: bigint;
  /** Of the month's last statement; null where none was uploaded. */
  readonly bankFen: bigint | null;
  readonly bankDay: string | null;
  readonly kept: {
    readonly bookFen: bigint;
    readonly bankFen: bigint;
    readonly explanation: string | null;
  } | null;
};

/** A month of a fund's treasury account beside the bank. `month` is `YYYY-MM`. Throws `not_found`. */
export async function readMonth(
  db: Database,
  input: { readonly fundId: string; readonly month: string },
  actor: Actor,
): Promise<MonthView> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    return computeMonth(tx, input);
  });
}

/**
 * Keeps that a month's books and the bank were compared: equal, or with the reason why not. A later one stands. Throws
 * `wrong_role`, `explanation_required`, `reconciler_apart`, `statement_balance`.
 */
export async function reconcileMonth(
  db: Database,
  input: {
    readonly fundId: string;
    readonly month: string;
    /** 分; the statement's, or typed where none was uploaded. */
    readonly bankFen: bigint;
    readonly explanation: string | null;
  },
  actor: Actor,
  clock: Clock,
): Promise<{ bookFen: bigint }> {
  const work = withActor(db, actor, async (tx) => {
    const roles = ["finance_preparer", "finance_reviewer"] as const;
    const { person } = await requireFinanceRole(tx, actor, ...roles);
    const { closingFen } = await computeMonth(tx, input);
    const said = input.explanation;
    const fits = said !== null && said.length >= 5 && said.length <= 500 && !/\d{11}/.test(said);
    if ((closingFen !== input.bankFen || said !== null) && !fits) throw payoutRefusal("explanation_required");
    const id = uuidv7();
    await tx.insert(reconciliations).values({
      id,
      fundId: input.fundId,
      month: `${input.month}-01`,
      bookFen: closingFen,
      bankFen: input.bankFen,
      explanation: said,
      madeBy: person.id,
      madeAt: clock.now(),
    });
    await recordEvent(
      tx,
      {
        action: "month.reconciled",
        subjectTable: "reconciliations",
        subjectId: id,
        data: { month: input.month, bookFen: closingFen.toString(), bankFen: input.bankFen.toString() },
        at: clock.now(),
      },
      actor,
    );
    return { bookFen: closingFen };
  });
  return explainPayoutFault(work);
}

async function computeMonth(
  tx: Tx,
  { fundId, month }: { fundId: string; month: string },
): Promise<MonthView> {
  const treasury = (await findFundAccounts(tx, fundId))("treasury");
  const from = `${month}-01`;
  const { rows } = await tx.execute<{ event: string; before: boolean; came: string; left: string }>(sql`
    select t.event, t.event_on < ${from}::date as before,
           coalesce(sum(e.amount_fen) filter (where e.debit_account_id = ${treasury}), 0)::text as came,
           coalesce(sum(e.amount_fen) filter (where e.credit_account_id = ${treasury}), 0)::text as left
      from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
     where (e.debit_account_id = ${treasury} or e.credit_account_id = ${treasury})
       and t.event_on < (${from}::date + interval '1 month')
     group by 1, 2 order by 1`);
  const sum = (before: boolean) =>
    rows
      .filter((row) => row.before === before)
      .reduce((total, row) => total + BigInt(row.came) - BigInt(row.left), 0n);
  const openingFen = sum(true);
  const [bank] = await tx
    .select({ closingFen: bankStatements.closingFen, closedOn: bankStatements.closedOn })
    .from(bankStatements)
    .where(
      and(
        eq(bankStatements.fundId, fundId),
        sql`${bankStatements.closedOn} >= ${from}::date and ${bankStatements.closedOn} < (${from}::date + interval '1 month')`,
      ),
    )
    .orderBy(
      desc(bankStatements.closedOn),
      sql`length(${bankStatements.number}) desc`,
      desc(bankStatements.number),
    )
    .limit(1);
  const [kept] = await tx
    .select()
    .from(reconciliations)
    .where(and(eq(reconciliations.fundId, fundId), eq(reconciliations.month, from)))
    .orderBy(desc(reconciliations.madeAt), desc(reconciliations.id))
    .limit(1);
  return {
    openingFen,
    movements: rows
      .filter(({ before }) => !before)
      .map(({ event, came, left }) => ({ event, inFen: BigInt(came), outFen: BigInt(left) })),
    closingFen: openingFen + sum(false),
    bankFen: bank?.closingFen ?? null,
    bankDay: bank?.closedOn ?? null,
    kept: kept ?? null,
  };
}
