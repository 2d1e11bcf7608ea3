import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { accountBalances, accounts, budgets } from "~db/schema/ledger";
import { awardCarries, yearClosings } from "~db/schema/ledger-acts";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, chinaYear, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { CarriedOut } from "./adjust-budget.server";
import { findBudgetAccounts } from "./find-accounts.server";
import type { LedgerEvent } from "./ledger-events";
import type { Asked } from "./ledger-requests";
import { lockAccounts, postTransaction } from "./post-transaction.server";
import { refusal, type RefusalCode } from "./refusals.server";

/** What closing a budget's year would do; amounts in 分. */
export type YearPlan = {
  readonly budgetId: string;
  readonly fundId: string;
  readonly fiscalYear: number;
  readonly nextBudgetId: string | null;
  readonly availableFen: bigint;
  /** Of what is free: carried twice already, so it lapses in any case (预算法 42). */
  readonly staleFen: bigint;
  readonly carriedFen: bigint;
  readonly lapsedFen: bigint;
  /** Awards approved and not yet booked: they move whole. */
  readonly awards: readonly { readonly id: string; readonly amountFen: bigint; readonly currency: string }[];
  readonly encumberedFen: bigint;
  /** Why the year cannot be closed now; null where it can. */
  readonly refused: RefusalCode | null;
};

/**
 * Works out a year's closing: what is free lapses or goes on, what is promised goes on award by award (预算法 42: at
 * most two years). Only CNY budgets of a fund are closed. Throws `not_found`.
 */
export async function planYearClosing(
  tx: Tx,
  asked: { readonly budgetId: string; readonly carry: boolean },
  clock: Clock,
): Promise<YearPlan> {
  const [budget] = await tx.select().from(budgets).where(eq(budgets.id, asked.budgetId));
  if (budget === undefined) throw notFound();
  const years = await tx
    .select({ id: budgets.id, year: budgets.fiscalYear, closed: yearClosings.budgetId })
    .from(budgets)
    .leftJoin(yearClosings, eq(yearClosings.budgetId, budgets.id))
    .where(eq(budgets.fundId, budget.fundId));
  const balance = await readBudgetBalances(tx, budget.id);
  const { rows: promised } = await tx.execute<{
    award_id: string;
    amount_fen: string;
    currency: string;
    first_year: number;
  }>(sql`select award_id, amount_fen::text, currency, first_year from promised_awards(${budget.id})`);
  const { rows: stale } = await tx.execute<{ stale: string }>(
    sql`select stale_fen(${budget.id})::text as stale`,
  );
  const availableFen = balance("available");
  const found = BigInt(stale[0]?.stale ?? 0);
  const staleFen = found > availableFen ? availableFen : found;
  const carriedFen = asked.carry ? availableFen - staleFen : 0n;
  const next = years.find(({ year }) => year === budget.fiscalYear + 1);
  const plan = {
    budgetId: budget.id,
    fundId: budget.fundId,
    fiscalYear: budget.fiscalYear,
    nextBudgetId: next?.id ?? null,
    availableFen,
    staleFen,
    carriedFen,
    lapsedFen: availableFen - carriedFen,
    awards: promised.map((row) => ({
      id: row.award_id,
      amountFen: BigInt(row.amount_fen),
      currency: row.currency,
    })),
    encumberedFen: balance("encumbered"),
  };
  const judge = (): RefusalCode | null => {
    if (years.some(({ id, closed }) => id === budget.id && closed !== null)) return "year_closed";
    if (chinaYear(clock.now()) <= budget.fiscalYear) return "year_running";
    if (years.some(({ year, closed }) => year < budget.fiscalYear && closed === null)) return "year_order";
    if (promised.some((row) => row.first_year + 2 <= budget.fiscalYear)) return "carried_twice";
    if (next === undefined && (carriedFen > 0n || promised.length > 0)) return "next_budget_missing";
    return null;
  };
  return { ...plan, refused: judge() };
}

async function readBudgetBalances(tx: Tx, budgetId: string): Promise<(kind: string) => bigint> {
  const rows = await tx
    .select({ kind: accounts.kind, debit: accountBalances.debitFen, credit: accountBalances.creditFen })
    .from(accounts)
    .innerJoin(accountBalances, eq(accountBalances.accountId, accounts.id))
    .where(
      and(
        eq(accounts.budgetId, budgetId),
        eq(accounts.currency, "CNY"),
        inArray(accounts.kind, ["available", "encumbered"]),
      ),
    );
  return (kind) => {
    const row = rows.find((each) => each.kind === kind);
    return row === undefined ? 0n : row.debit - row.credit;
  };
}

/** Closes a budget's year by what two agreed to. After it nothing is posted to the year's accounts. */
export async function closeYear(
  tx: Tx,
  asked: Extract<Asked, { kind: "close_year" }>,
  of: CarriedOut,
): Promise<void> {
  const { requestId, person, clock } = of;
  const own = await findBudgetAccounts(tx, asked.budgetId);
  // From here on nobody posts to the year; whoever waited finds it closed.
  await lockAccounts(
    tx,
    (["appropriation", "available", "encumbered", "spent"] as const).map((kind) => own.account(kind)),
  );
  const plan = await planYearClosing(tx, asked, clock);
  if (plan.refused !== null) throw refusal(plan.refused);
  const next = plan.nextBudgetId === null ? null : await findBudgetAccounts(tx, plan.nextBudgetId);
  const today = chinaDay(clock.now());
  const tell = (event: LedgerEvent, transactionId: string, amountFen: bigint) =>
    recordEvent(
      tx,
      {
        action: event,
        subjectTable: "budgets",
        subjectId: asked.budgetId,
        data: {
          transaction: transactionId,
          amountFen: amountFen.toString(),
          eventOn: today,
          request: requestId,
        },
        at: clock.now(),
      },
      person,
    );
  const post = async (
    event: LedgerEvent,
    amountFen: bigint,
    kind: "available" | "encumbered",
    onward: boolean,
  ): Promise<string | null> => {
    if (amountFen === 0n) return null;
    if (onward && next === null) throw refusal("next_budget_missing");
    const posted = await postTransaction(tx, {
      event,
      eventOn: today,
      fundId: plan.fundId,
      idempotencyKey: `${event}:${requestId}`,
      actorId: person.id,
      requestId,
      entries: [
        { debit: own.account("appropriation"), credit: own.account(kind), amountFen },
        ...(onward && next !== null
          ? [{ debit: next.account(kind), credit: next.account("appropriation"), amountFen }]
          : []),
      ],
    });
    await tell(event, posted.id, amountFen);
    return posted.id;
  };
  const promisedFen = plan.awards.reduce((sum, { amountFen }) => sum + amountFen, 0n);
  await post("year.lapsed", plan.lapsedFen, "available", false);
  await post("year.available_carried", plan.carriedFen, "available", true);
  const carried = await post("year.encumbered_carried", promisedFen, "encumbered", true);
  if (carried !== null && plan.nextBudgetId !== null) {
    for (let at = 0; at < plan.awards.length; at += 500) {
      await tx.insert(awardCarries).values(
        plan.awards.slice(at, at + 500).map(({ id }) => ({
          awardId: id,
          fromBudgetId: asked.budgetId,
          toBudgetId: plan.nextBudgetId ?? "",
          transactionId: carried,
        })),
      );
    }
  }
  await tx.insert(yearClosings).values({ budgetId: asked.budgetId, requestId, closedAt: clock.now() });
  await recordEvent(
    tx,
    {
      action: "budget.year_closed",
      subjectTable: "budgets",
      subjectId: asked.budgetId,
      data: { fiscalYear: plan.fiscalYear, awards: plan.awards.length, request: requestId },
      at: clock.now(),
    },
    person,
  );
}
