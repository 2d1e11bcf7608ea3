import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadAgencies } from "~db/schema/leads";
import { agencies, staff, staffRoles } from "~db/schema/staff";

export type Recipient = { readonly agencyId: string; readonly name: string; readonly relation: string };

/**
 * The bodies that hold a lead now, in whatever part, where nobody has an account to act with: the office writes 转办函 to
 * them. The database asks the same of every 转办函 (0044, holds_without_accounts).
 */
export async function listRecipients(tx: Tx, leadId: string): Promise<Recipient[]> {
  const officer = sql`exists (select 1 from ${staff} join ${staffRoles} on ${staffRoles.staffId} = ${staff.id}
    where ${staff.agencyId} = ${leadAgencies.agencyId} and ${staff.status} = 'active'
      and ${staffRoles.role} = 'agency_officer' and ${staffRoles.revokedAt} is null)`;
  return tx
    .select({ agencyId: agencies.id, name: agencies.name, relation: leadAgencies.relation })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(and(eq(leadAgencies.leadId, leadId), isNull(leadAgencies.toAt), sql`not ${officer}`))
    .orderBy(asc(leadAgencies.id));
}
