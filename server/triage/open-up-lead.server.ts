import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";
import { refuseStale } from "./move-lead.server";

/**
 * Triage ends a lead's being for the leading office alone: the bodies it is dispatched to see it from now on, without
 * the tips that concern an agency or official. Told by its subject and not in the lead's history, which those bodies
 * read. Throws `not_found` for anyone else, `stale_lead`, `not_restricted` (409) when it is open already.
 */
export async function openUpLead(
  db: Database,
  input: { leadId: string; version: number; reason: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer")) throw notFound();
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    if (!lead.leadingOfficeOnly) {
      throw new DomainError("not_restricted", 409, "这条线索已经不限于领导小组办公室，请刷新查看。");
    }
    await tx
      .update(leads)
      .set({ leadingOfficeOnly: false, version: sql`${leads.version} + 1` })
      .where(eq(leads.id, lead.id));
    await recordEvent(
      tx,
      {
        action: "lead.opened_up",
        subjectTable: "leads",
        subjectId: lead.id,
        data: { note: input.reason },
        at: input.at,
      },
      actor,
    );
  });
}
