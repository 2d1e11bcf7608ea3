import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awards, rewardPools } from "~db/schema/rewards";
import { notFound } from "~server/errors.server";

export type LockedAward = typeof awards.$inferSelect & { readonly currency: string };

/** Reads an award and holds it until commit, so that of several acts at once one goes first. Throws `not_found`. */
export async function lockAward(tx: Tx, awardId: string): Promise<LockedAward> {
  const [award] = await tx.select().from(awards).where(eq(awards.id, awardId)).for("update");
  if (award === undefined) throw notFound();
  const [pool] = await tx
    .select({ currency: rewardPools.currency })
    .from(rewardPools)
    .where(eq(rewardPools.id, award.poolId));
  if (pool === undefined) throw notFound();
  return { ...award, currency: pool.currency };
}
