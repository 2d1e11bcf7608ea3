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
 * Whether such a year can be opened by what is there now, before two people are asked for it; `openBudgetIn` finds who
 * came in between. Throws `slug_taken` (another fund's), `slug_differs` (this fund has another), `open_taken`.
 */
export async function judgeOpening(
  tx: Tx,
  asked: Pick<OpenBudgetInput, "agencyId" | "source" | "slug" | "fiscalYear">,
): Promise<void> {
  const [fund] = await tx
    .select({ id: funds.id, slug: funds.slug })
    .from(funds)
    .where(and(eq(funds.agencyId, asked.agencyId), eq(funds.source, asked.source)));
  if (fund === undefined) {
    const [other] = await tx.select({ id: funds.id }).from(funds).where(eq(funds.slug, asked.slug));
    if (other !== undefined) throw refusal("slug_taken");
    return;
  }
  if (fund.slug !== asked.slug) throw refusal("slug_differs");
  const [budget] = await tx
    .select({ id: budgets.id })
    .from(budgets)
    .where(and(eq(budgets.fundId, fund.id), eq(budgets.fiscalYear, asked.fiscalYear)));
  if (budget !== undefined) throw refusal("open_taken");
}

/**
 * Opens one fiscal year of a fund (and the fund itself, the first time) with its accounts, all at zero, inside a
 * transaction whose caller has checked who acts: money comes in by what two people agree to (openApprovedBudget), or
 * from the year before. `isNew`: whether the year was not there yet. Throws `slug_taken`, `slug_differs`.
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
  // Not written, and not there: the slug is another fund's.
  if (fund === undefined) throw refusal("slug_taken");
  if (fund.slug !== input.slug) throw refusal("slug_differs");
  const opened = await tx
    .insert(budgets)
    .values({ id: uuidv7(), fundId: fund.id, fiscalYear: input.fiscalYear })
    .onConflictDoNothing()
    .returning({ id: budgets.id });
  const [budget] = await tx
    .select({ id: budgets.id })
    .from(budgets)
    .where(and(eq(budgets.fundId, fund.id), eq(budgets.fiscalYear, input.fiscalYear)));
  if (budget === undefined) throw refusal("open_taken");
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
