import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { disputeParties, disputes } from "~db/schema/disputes";
import { DomainError, notFound } from "~server/errors.server";
import { scopeOf } from "~server/staff-auth/access-table";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

export type DisputeRow = typeof disputes.$inferSelect;

/**
 * Which disputes a person sees: the leading office and auditors all of them, a body those it is heard in, but of leads
 * kept to the leading office (the view `party_disputes`). Never one of a lead they are recused from.
 */
export function disputesInScope(actor: StaffActor): SQL {
  const scope = scopeOf("routes/staff.disputes", actor.roles);
  if (scope !== "portal" && scope !== "agency") return sql`false`;
  const heard = sql`exists (select 1 from party_disputes p where p.dispute_id = ${disputes.id})`;
  const reached = scope === "portal" ? undefined : heard;
  return and(sql`${disputes.leadId} <> all (recused_leads())`, reached) ?? sql`false`;
}

/** A lead's dispute as this person may see it, the latest or the one named; null where they see none. */
export async function findDispute(
  tx: Tx,
  of: { readonly leadId: string; readonly disputeId?: string | null },
  actor: StaffActor,
): Promise<DisputeRow | null> {
  if (!/^[0-9a-f-]{36}$/.test(of.leadId)) return null;
  const [row] = await tx
    .select()
    .from(disputes)
    .where(
      and(
        eq(disputes.leadId, of.leadId),
        of.disputeId ? eq(disputes.id, of.disputeId) : undefined,
        disputesInScope(actor),
      ),
    )
    .orderBy(desc(disputes.openedAt), desc(disputes.id))
    .limit(1);
  return row ?? null;
}

/** The lead's dispute while it is open, for whoever may act in it. Refusals: 404, `dispute_ended`. */
export async function readOpenDispute(tx: Tx, leadId: string, actor: StaffActor): Promise<DisputeRow> {
  const dispute = await findDispute(tx, { leadId }, actor);
  if (dispute === null) throw notFound();
  if (dispute.status !== "open") {
    throw new DomainError("dispute_ended", 409, "这次会商已经结束，请刷新后查看结果。");
  }
  return dispute;
}

export function requireTriage(actor: StaffActor): void {
  if (!hasRole(actor, "triage_officer")) {
    throw new DomainError("not_mediator", 403, "会商由领导小组办公室主持，这一步由研判员办理。");
  }
}

export async function isParty(tx: Tx, disputeId: string, agencyId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: disputeParties.id })
    .from(disputeParties)
    .where(and(eq(disputeParties.disputeId, disputeId), eq(disputeParties.agencyId, agencyId)));
  return rows.length > 0;
}

/** Whether a body answers for itself: it has an officer with an account (decision 006). */
export async function hasOfficer(tx: Tx, agencyId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ yes: boolean }>(sql`select has_officer(${agencyId}) as yes`);
  return rows[0]?.yes === true;
}
