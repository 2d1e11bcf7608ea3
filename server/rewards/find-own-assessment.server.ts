import { and, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { hashComputation } from "./write-voucher.server";

/**
 * The live computation of a lead when it is the actor's own and the very one they previewed: what a second click
 * finds instead of "somebody else was first". Null otherwise.
 */
export async function findOwnAssessment(
  db: Database,
  input: {
    readonly leadId: string;
    readonly stage: string;
    readonly expects: string;
    readonly replaces: string | null;
  },
  actor: Actor,
): Promise<{ poolId: string; amountFen: bigint; awards: { id: string }[] } | null> {
  return withActor(db, actor, async (tx) => {
    const person = await requireMoneyReader(tx, actor);
    const [pool] = await tx
      .select()
      .from(rewardPools)
      .where(
        and(
          eq(rewardPools.leadId, input.leadId),
          eq(rewardPools.stage, input.stage),
          eq(rewardPools.status, "live"),
          eq(rewardPools.computedBy, person.id),
        ),
      );
    if (pool === undefined || pool.supersedesId !== input.replaces) return null;
    if (hashComputation(pool.caseInput, pool.computation, pool.recordHash) !== input.expects) return null;
    const own = await tx
      .select({ id: awards.id, status: awards.status })
      .from(awards)
      .where(eq(awards.poolId, pool.id));
    // Sent back since: a new computation is wanted, and this form's is not one.
    if (own.some((award) => award.status === "rejected")) return null;
    return { poolId: pool.id, amountFen: pool.amountFen, awards: own };
  });
}
