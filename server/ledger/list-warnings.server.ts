import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import type { FundBalances } from "./read-balances.server";
import { requireMoneyReader } from "./require-finance-role.server";
import { readWarningPercents } from "./warn-budgets.server";

export type DryBudget = {
  readonly budgetId: string;
  readonly source: string;
  readonly fiscalYear: number;
  /** Whole percent of the appropriation that is promised or spent. */
  readonly used: number;
  /** The highest threshold it has passed. */
  readonly percent: number;
};

/** Budgets of open years that have passed a threshold now, from balances already read. */
export async function listWarnings(
  db: Database,
  funds: readonly FundBalances[],
  actor: Actor,
): Promise<DryBudget[]> {
  const { percents, closed } = await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const { rows } = await tx.execute<{ id: string }>(sql`select budget_id as id from year_closings`);
    return { percents: await readWarningPercents(tx), closed: new Set(rows.map(({ id }) => id)) };
  });
  return funds.flatMap(({ source, budgets }) =>
    budgets.flatMap(({ budgetId, fiscalYear, appropriationFen, encumberedFen, spentFen }) => {
      if (appropriationFen <= 0n || closed.has(budgetId)) return [];
      const used = Number(((encumberedFen + spentFen) * 100n) / appropriationFen);
      const percent = percents.findLast((each) => used >= each);
      return percent === undefined ? [] : [{ budgetId, source, fiscalYear, used, percent }];
    }),
  );
}
