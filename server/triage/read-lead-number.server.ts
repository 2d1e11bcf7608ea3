import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { weighDispute } from "~server/disputes/weigh-dispute.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope, type LeadRow } from "./lead-scope.server";

/** The number people call a lead by, if this person may see it; 404 otherwise. */
export async function readLeadNumber(db: Database, leadId: string, actor: StaffActor): Promise<number> {
  return withActor(db, actor, async (tx) => (await readLeadInScope(tx, leadId, actor)).number);
}

/** The lead's own row and whether it is in a dispute, if this person may see it; 404 otherwise. */
export async function readLeadHead(
  db: Database,
  leadId: string,
  actor: StaffActor,
): Promise<LeadRow & { readonly disputeOpen: boolean }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, leadId, actor);
    return { ...lead, disputeOpen: (await weighDispute(tx, lead.id)).open };
  });
}
