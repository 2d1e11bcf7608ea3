import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { leadRecusals } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";

/**
 * 回避: a person in scope declares a conflict of interest. From the commit on the lead is not there for them, in no
 * list, by no stale form, with no sealed key, whatever their roles. `reason` has 2–300 characters and is read by
 * triage and audit alone; the trail says only that they did. 404 for whoever does not see the lead, a second time included.
 */
export async function declareRecusal(
  db: Database,
  input: { leadId: string; reason: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    // The same form sent twice at once: the second waits here, and then finds the lead gone.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`lead_recusals:${input.leadId}:${actor.id}`}, 0))`,
    );
    const lead = await readLeadInScope(tx, input.leadId, actor);
    // Before the recusal: after it the lead, its history included, is out of this person's reach.
    await recordEvent(
      tx,
      {
        action: "lead.recused",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        at: input.at,
      },
      actor,
    );
    await tx.insert(leadRecusals).values({
      id: uuidv7(),
      leadId: lead.id,
      staffId: actor.id,
      reason: input.reason,
      declaredAt: input.at,
    });
  });
}
