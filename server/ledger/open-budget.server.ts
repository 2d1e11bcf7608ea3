import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { accounts, budgets, funds } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { BUDGET_KINDS, FINANCIAL_KINDS } from "./ledger-events";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

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
 * Opens one fiscal year of a fund (and the fund itself, the first time) with its accounts, all at zero. The same
 * fund and year again is the same budget. Throws `wrong_role`, `needs_passkey`, `key_reused` (another fund's slug).
 */
export async function openBudget(
  db: Database,
  input: OpenBudgetInput,
  actor: Actor,
  clock: Clock,
): Promise<{ fundId: string; budgetId: string }> {
  const { fundId, budgetId } = await retryPosting(() =>
    withActor(db, actor, async (tx) => {
      await requireFinanceRole(tx, actor, "finance_approver");
      return openBudgetIn(tx, input, actor, clock);
    }),
  );
  return { fundId, budgetId };
}

/** The same inside a transaction whose caller has checked who acts. `isNew`: whether the year was not there yet. */
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
