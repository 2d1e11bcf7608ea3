import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { ledgerTransactions } from "~db/schema/ledger";
import { approvalSteps, awards, rewardPools, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";

export type AwardRow = {
  readonly id: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  readonly currency: string;
  readonly status: string;
  readonly stage: string;
  readonly version: number;
  readonly budgetId: string;
  readonly leadNumber: number | null;
  /** The reported subject's name: finance sees this of a lead and no more. */
  readonly leadName: string | null;
  readonly computedAt: Date;
  /**
   * The day in China of the last computation or signature, or the business day of the last posting: of a payment the day
   * it was paid, whenever it was entered. The informant's acceptance counts for none.
   */
  readonly updatedOn: string;
};

/**
 * Awards for the finance pages, newest first: a code name and an amount, never a person. `next` is the `before` of
 * the following page, or null; `page` (from 1) is the other way to turn pages, in either order. At most 100 a page. Throws `not_found` for who may not see money.
 */
export async function listAwards(
  db: Database,
  input: {
    readonly statuses?: readonly string[];
    readonly leadId?: string;
    readonly before?: string;
    readonly page?: number;
    readonly order?: "newest" | "largest";
    readonly limit?: number;
  },
  actor: Actor,
): Promise<{ rows: AwardRow[]; next: string | null }> {
  const limit = Math.min(Math.max(input.limit ?? 50, 1), 100);
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const rows = await tx
      .select({
        id: awards.id,
        codeName: awards.codeName,
        amountFen: awards.amountFen,
        currency: rewardPools.currency,
        status: awards.status,
        stage: awards.stage,
        version: awards.version,
        budgetId: awards.budgetId,
        leadNumber: leads.number,
        leadName: leads.name,
        computedAt: rewardPools.computedAt,
        updatedOn,
      })
      .from(awards)
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .leftJoin(leads, eq(leads.id, awards.leadId))
      .where(
        and(
          input.statuses === undefined ? undefined : inArray(awards.status, [...input.statuses]),
          input.leadId === undefined ? undefined : eq(awards.leadId, input.leadId),
          input.before === undefined ? undefined : lt(awards.id, input.before),
        ),
      )
      .orderBy(...(input.order === "largest" ? [desc(awards.amountFen)] : []), desc(awards.id))
      .limit(limit + 1)
      .offset(((input.page ?? 1) - 1) * limit);
    const page = rows.slice(0, limit);
    return { rows: page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  });
}

const updatedOn = sql<string>`greatest((${rewardPools.computedAt} at time zone 'Asia/Shanghai')::date, (
  select max((${approvalSteps.signedAt} at time zone 'Asia/Shanghai')::date) from ${approvalSteps}
  join ${vouchers} on ${vouchers.id} = ${approvalSteps.voucherId} where ${vouchers.awardId} = ${awards.id}
), (
  select max(${ledgerTransactions.eventOn}) from ${ledgerTransactions}
  where ${ledgerTransactions.awardId} = ${awards.id}
))::text`;
