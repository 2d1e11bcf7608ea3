import { and, asc, count, desc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { disputeOpinions, disputeParties, disputes } from "~db/schema/disputes";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { disputesInScope, type DisputeRow } from "./dispute-scope.server";

export const DISPUTES_A_PAGE = 20;

export type ListedDispute = Pick<
  DisputeRow,
  "id" | "leadId" | "leadNumber" | "subjectName" | "cause" | "status" | "openedAt" | "endedAt"
> & {
  readonly parties: readonly string[];
  /** How many of the parties have given their opinion. */
  readonly heard: number;
};

/** Disputes this person sees, open ones first (the longest open first), then the latest ended. */
export async function listDisputes(
  db: Database,
  input: { readonly page: number },
  actor: StaffActor,
): Promise<{ count: number; disputes: ListedDispute[] }> {
  return withActor(db, actor, async (tx) => {
    const scope = disputesInScope(actor);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(disputes).where(scope);
    const rows = await tx
      .select()
      .from(disputes)
      .where(scope)
      .orderBy(
        desc(sql`${disputes.status} = 'open'`),
        asc(sql`case when ${disputes.status} = 'open' then ${disputes.openedAt} end`),
        desc(disputes.endedAt),
        desc(disputes.id),
      )
      .limit(DISPUTES_A_PAGE)
      .offset((Math.max(1, input.page) - 1) * DISPUTES_A_PAGE);
    if (rows.length === 0) return { count: total, disputes: [] };
    const ids = rows.map(({ id }) => id);
    const parties = await tx
      .select({ disputeId: disputeParties.disputeId, name: agencies.name })
      .from(disputeParties)
      .innerJoin(agencies, eq(agencies.id, disputeParties.agencyId))
      .where(and(inArray(disputeParties.disputeId, ids)))
      .orderBy(asc(disputeParties.joinedAt), asc(disputeParties.id));
    const heard = await tx
      .select({
        disputeId: disputeOpinions.disputeId,
        n: sql<number>`count(distinct ${disputeOpinions.agencyId})::int`,
      })
      .from(disputeOpinions)
      .where(inArray(disputeOpinions.disputeId, ids))
      .groupBy(disputeOpinions.disputeId);
    return {
      count: total,
      disputes: rows.map(({ id, leadId, leadNumber, subjectName, cause, status, openedAt, endedAt }) => ({
        ...{ id, leadId, leadNumber, subjectName, cause, status, openedAt, endedAt },
        parties: parties.filter(({ disputeId }) => disputeId === id).map(({ name }) => name),
        heard: heard.find(({ disputeId }) => disputeId === id)?.n ?? 0,
      })),
    };
  });
}
