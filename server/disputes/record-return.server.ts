import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { leadReturns } from "~db/schema/disputes";
import { leadAgencies } from "~db/schema/leads";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { weighDispute } from "./weigh-dispute.server";

/**
 * Counts a body's return of a lead and says where it leads: back to the office, or, the second time, into a dispute.
 * Refused with `decided_already` once a dispute of the lead was decided. Triage returns in the name of the body that
 * leads it where that body has no account. The lead is locked by the caller.
 */
export async function recordReturn(
  tx: Tx,
  input: { leadId: string; legalBasis: string; proposedBody: string; at: Date },
  actor: StaffActor,
): Promise<"returned" | "disputed"> {
  if ((await weighDispute(tx, input.leadId)).decided) throw decidedAlready();
  const leading = await leadingBodies(tx, input.leadId);
  const agencyId = leading.includes(actor.agencyId) ? actor.agencyId : (leading[0] ?? actor.agencyId);
  if (agencyId === input.proposedBody) {
    throw new DomainError("proposed_itself", 400, "建议承办的部门不能是退回的部门自己，请另行选择。");
  }
  await tx.insert(leadReturns).values({
    id: uuidv7(),
    leadId: input.leadId,
    agencyId,
    proposedAgencyId: input.proposedBody,
    legalBasis: input.legalBasis,
    returnedBy: actor.id,
    returnedAt: input.at,
  });
  const { rows } = await tx.execute<{ n: number }>(sql`select returns_in_round(${input.leadId}::uuid) as n`);
  return (rows[0]?.n ?? 0) > 1 ? "disputed" : "returned";
}

/** The bodies that lead a lead now, the first before the others. */
export async function leadingBodies(tx: Tx, leadId: string): Promise<string[]> {
  const rows = await tx
    .select({ agencyId: leadAgencies.agencyId })
    .from(leadAgencies)
    .where(
      and(
        eq(leadAgencies.leadId, leadId),
        isNull(leadAgencies.toAt),
        sql`${leadAgencies.relation} in ('lead', 'co_lead')`,
      ),
    )
    .orderBy(sql`${leadAgencies.relation} = 'co_lead'`, asc(leadAgencies.id));
  return rows.map(({ agencyId }) => agencyId);
}

export function decidedAlready(): DomainError {
  return new DomainError(
    "decided_already",
    409,
    "这条线索的牵头部门已经会商决定，不能再退回或者另行提请会商。有新的事实的，请在会商页申请重新会商。",
  );
}
