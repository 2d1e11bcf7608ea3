import { desc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awardCarries } from "~db/schema/ledger-acts";
import { budgets } from "~db/schema/ledger";
import { awards, rewardPools } from "~db/schema/rewards";
import { notFound } from "~server/errors.server";

export type LockedAward = typeof awards.$inferSelect & { readonly currency: string };

/**
 * Reads an award and holds it until commit, so that of several acts at once one goes first. `budgetId` is the budget
 * its money sits in now: after a carry-over the next year's (预算法 42). Throws `not_found`.
 */
export async function lockAward(tx: Tx, awardId: string): Promise<LockedAward> {
  const [award] = await tx.select().from(awards).where(eq(awards.id, awardId)).for("update");
  if (award === undefined) throw notFound();
  const [pool] = await tx
    .select({ currency: rewardPools.currency })
    .from(rewardPools)
    .where(eq(rewardPools.id, award.poolId));
  if (pool === undefined) throw notFound();
  const carried = await tx
    .select({ budgetId: awardCarries.toBudgetId })
    .from(awardCarries)
    .innerJoin(budgets, eq(budgets.id, awardCarries.toBudgetId))
    .where(eq(awardCarries.awardId, awardId))
    .orderBy(desc(budgets.fiscalYear))
    .limit(1);
  return { ...award, budgetId: carried[0]?.budgetId ?? award.budgetId, currency: pool.currency };
}
