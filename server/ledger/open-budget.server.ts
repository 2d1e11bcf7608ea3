import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { accounts, budgets, funds } from "~db/schema/ledger";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { BUDGET_KINDS, FINANCIAL_KINDS } from "./ledger-events";
import { refusal } from "./refusals.server";

export type OpenBudgetInput = {
  readonly packId: string;
  readonly agencyId: string;
  /** What the agency calls the source of money, e.g. 市级举报奖励专项资金. */
  readonly source: string;
  /** The fund's name in exports: lower-case latin, digits, hyphens. */
  readonly slug: string;
  readonly fiscalYear: number;
  readonly currency?: string;
};

/**
 * Opens one fiscal year of a fund (and the fund itself, the first time) with its accounts, all at zero, inside a
 * transaction whose caller has checked who acts: money comes in by what two people agree to (openApprovedBudget), or
 * from the year before. `isNew`: whether the year was not there yet. Throws `key_reused` (another fund's slug).
 */
export async function openBudgetIn(
  tx: Tx,
  input: OpenBudgetInput,
  actor: Actor,
  clock: Clock,
): Promise<{ fundId: string; budgetId: string; isNew: boolean }> {
  const currency = input.currency ?? "CNY";
  await tx
    .insert(funds)
    .values({
      id: uuidv7(),
      packId: input.packId,
      agencyId: input.agencyId,
      source: input.source,
      slug: input.slug,
    })
    .onConflictDoNothing();
  const [fund] = await tx
    .select()
    .from(funds)
    .where(and(eq(funds.agencyId, input.agencyId), eq(funds.source, input.source)));
  if (fund === undefined || fund.slug !== input.slug) throw refusal("key_reused");
  const opened = await tx
    .insert(budgets)
    .values({ id: uuidv7(), fundId: fund.id, fiscalYear: input.fiscalYear })
    .onConflictDoNothing()
    .returning({ id: budgets.id });
  const [budget] = await tx
    .select({ id: budgets.id })
    .from(budgets)
    .where(and(eq(budgets.fundId, fund.id), eq(budgets.fiscalYear, input.fiscalYear)));
  if (budget === undefined) throw refusal("key_reused");
  await tx
    .insert(accounts)
    .values([
      ...BUDGET_KINDS.map((kind) => ({
        id: uuidv7(),
        book: "budget",
        kind,
        fundId: fund.id,
        budgetId: budget.id,
        currency,
      })),
      ...FINANCIAL_KINDS.map((kind) => ({
        id: uuidv7(),
        book: "financial",
        kind,
        fundId: fund.id,
        currency,
      })),
    ])
    .onConflictDoNothing();
  if (opened.length > 0) {
    await recordEvent(
      tx,
      {
        action: "budget.opened",
        subjectTable: "budgets",
        subjectId: budget.id,
        data: { fund: fund.slug, fiscalYear: input.fiscalYear, currency },
        at: clock.now(),
      },
      actor,
    );
  }
  return { fundId: fund.id, budgetId: budget.id, isNew: opened.length > 0 };
}
