import { and, eq, inArray, isNull, not, or, sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadAgencies, leadRecusals, leads } from "~db/schema/leads";
import { staff, staffRoles } from "~db/schema/staff";
import { notFound } from "~server/errors.server";
import { scopeOf } from "~server/staff-auth/access-table";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/**
 * Which leads a person sees, as far as the access table lets them: all of them; or those their agency holds now,
 * except leads kept to the leading office; or none. Never one they are recused from.
 */
export function leadsInScope(actor: StaffActor): SQL {
  const scope = scopeOf("routes/staff.leads.$leadId", actor.roles);
  if (scope !== "portal" && scope !== "agency") return sql`false`;
  const recused = sql`exists (select 1 from ${leadRecusals} where ${leadRecusals.leadId} = ${leads.id}
    and ${leadRecusals.staffId} = ${actor.id} and ${leadRecusals.endedAt} is null)`;
  const held = sql`exists (select 1 from ${leadAgencies} where ${leadAgencies.leadId} = ${leads.id}
    and ${leadAgencies.agencyId} = ${actor.agencyId} and ${leadAgencies.toAt} is null)`;
  const reached = scope === "portal" ? undefined : and(eq(leads.leadingOfficeOnly, false), held);
  return and(not(recused), reached) ?? sql`false`;
}

export type LeadRow = typeof leads.$inferSelect;

/** The lead if this person may see it, locked when it is about to change. "Not yours" is "not there". */
export async function readLeadInScope(
  tx: Tx,
  leadId: string,
  actor: StaffActor,
  options: { lock?: boolean } = {},
): Promise<LeadRow> {
  if (!/^[0-9a-f-]{36}$/.test(leadId)) throw notFound();
  const query = tx
    .select()
    .from(leads)
    .where(and(eq(leads.id, leadId), leadsInScope(actor)));
  const [lead] = options.lock ? await query.for("update") : await query;
  if (lead === undefined) throw notFound();
  return lead;
}

/** Whether the person's agency leads or co-leads the lead now (those who merely help do not move it). */
export async function leadsTheLead(tx: Tx, leadId: string, actor: StaffActor): Promise<boolean> {
  const rows = await tx
    .select({ id: leadAgencies.id })
    .from(leadAgencies)
    .where(
      and(
        eq(leadAgencies.leadId, leadId),
        eq(leadAgencies.agencyId, actor.agencyId),
        isNull(leadAgencies.toAt),
        or(eq(leadAgencies.relation, "lead"), eq(leadAgencies.relation, "co_lead")),
      ),
    );
  return rows.length > 0;
}

/** Whether this person may read what reporters wrote on a lead in their sight: triage, and the officers of the bodies that lead it. */
export async function readsTheTips(tx: Tx, leadId: string, actor: StaffActor): Promise<boolean> {
  if (hasRole(actor, "triage_officer")) return true;
  return hasRole(actor, "agency_officer", "agency_verifier") && (await leadsTheLead(tx, leadId, actor));
}

/**
 * Whether none of the bodies that lead it has an officer with an account: such a body is written to (转办函), and
 * triage records its answers.
 */
export async function ledWithoutAccounts(tx: Tx, leadId: string): Promise<boolean> {
  const holders = await tx
    .select({ agencyId: leadAgencies.agencyId })
    .from(leadAgencies)
    .where(
      and(
        eq(leadAgencies.leadId, leadId),
        isNull(leadAgencies.toAt),
        or(eq(leadAgencies.relation, "lead"), eq(leadAgencies.relation, "co_lead")),
      ),
    );
  if (holders.length === 0) return false;
  const officers = await tx
    .select({ id: staff.id })
    .from(staff)
    .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
    .where(
      and(
        inArray(
          staff.agencyId,
          holders.map(({ agencyId }) => agencyId),
        ),
        eq(staff.status, "active"),
        eq(staffRoles.role, "agency_officer"),
        isNull(staffRoles.revokedAt),
      ),
    )
    .limit(1);
  return officers.length === 0;
}

/**
 * Whether this person acts for the lead's bodies: as their officer, or as triage where they have no accounts. A lead of
 * the leading office alone is carried by triage, which is all of that office that sees it.
 */
export async function actsForTheLead(tx: Tx, leadId: string, actor: StaffActor): Promise<boolean> {
  if (hasRole(actor, "agency_officer") && (await leadsTheLead(tx, leadId, actor))) return true;
  if (!hasRole(actor, "triage_officer")) return false;
  const kept = and(eq(leads.id, leadId), eq(leads.leadingOfficeOnly, true));
  return (
    (await tx.select({ id: leads.id }).from(leads).where(kept)).length > 0 ||
    (await ledWithoutAccounts(tx, leadId))
  );
}

/**
 * Whether this person may be the second pair of eyes on what is recorded for the lead's bodies: as their verifier, or as
 * triage where they have no accounts.
 */
export async function verifiesForTheLead(tx: Tx, leadId: string, actor: StaffActor): Promise<boolean> {
  if (hasRole(actor, "agency_verifier") && (await leadsTheLead(tx, leadId, actor))) return true;
  return hasRole(actor, "triage_officer") && (await ledWithoutAccounts(tx, leadId));
}

/** Those of many leads this person acts for, in one query for each of the two ways. */
export async function findActingLeads(
  tx: Tx,
  leadIds: readonly string[],
  actor: StaffActor,
): Promise<ReadonlySet<string>> {
  const acting = new Set<string>();
  if (leadIds.length === 0) return acting;
  const held = and(
    inArray(leadAgencies.leadId, [...leadIds]),
    isNull(leadAgencies.toAt),
    or(eq(leadAgencies.relation, "lead"), eq(leadAgencies.relation, "co_lead")),
  );
  if (hasRole(actor, "agency_officer")) {
    const rows = await tx
      .select({ id: leadAgencies.leadId })
      .from(leadAgencies)
      .where(and(held, eq(leadAgencies.agencyId, actor.agencyId)));
    for (const { id } of rows) acting.add(id);
  }
  if (hasRole(actor, "triage_officer")) {
    const officers = sql`exists (select 1 from ${staff} join ${staffRoles} on ${staffRoles.staffId} = ${staff.id}
      where ${staff.agencyId} = ${leadAgencies.agencyId} and ${staff.status} = 'active'
        and ${staffRoles.role} = 'agency_officer' and ${staffRoles.revokedAt} is null)`;
    const rows = await tx
      .select({ id: leadAgencies.leadId })
      .from(leadAgencies)
      .where(held)
      .groupBy(leadAgencies.leadId)
      .having(
        sql`not bool_or(${officers}) or bool_or(exists (select 1 from ${leads}
          where ${leads.id} = ${leadAgencies.leadId} and ${leads.leadingOfficeOnly}))`,
      );
    for (const { id } of rows) acting.add(id);
  }
  return acting;
}
