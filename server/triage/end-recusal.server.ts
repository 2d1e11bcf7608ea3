import { and, asc, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { leadRecusals } from "~db/schema/leads";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";
import { readLeadInScope } from "./lead-scope.server";

export type Recusal = {
  readonly id: string;
  readonly name: string;
  readonly agencyName: string;
  readonly reason: string;
  readonly declaredAt: Date;
};

/** Who keeps away from a lead now, for triage and audit; the caller has settled that the lead is in their scope. */
export async function listRecusals(tx: Tx, leadId: string): Promise<Recusal[]> {
  return tx
    .select({
      id: leadRecusals.id,
      name: staff.displayName,
      agencyName: agencies.name,
      reason: leadRecusals.reason,
      declaredAt: leadRecusals.declaredAt,
    })
    .from(leadRecusals)
    .innerJoin(staff, eq(staff.id, leadRecusals.staffId))
    .innerJoin(agencies, eq(agencies.id, staff.agencyId))
    .where(and(eq(leadRecusals.leadId, leadId), isNull(leadRecusals.endedAt)))
    .orderBy(asc(leadRecusals.declaredAt), asc(leadRecusals.id));
}

/**
 * Lets a person back to a lead. A triage officer's act, by passkey (the caller has had it confirmed), and never the
 * person's own: to them the lead is not there. Throws `passkey_needed` (403); 404 for anyone else, and for a recusal
 * that is over or of another lead.
 */
export async function endRecusal(
  db: Database,
  input: { leadId: string; recusalId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer") || !validate(input.recusalId)) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
  await withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    const [ended] = await tx
      .update(leadRecusals)
      .set({ endedAt: input.at, endedBy: actor.id })
      .where(
        and(
          eq(leadRecusals.id, input.recusalId),
          eq(leadRecusals.leadId, lead.id),
          isNull(leadRecusals.endedAt),
        ),
      )
      .returning({ staffId: leadRecusals.staffId });
    if (ended === undefined) throw notFound();
    await recordEvent(
      tx,
      {
        action: "lead.recusal_ended",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: { staff: ended.staffId },
        at: input.at,
      },
      actor,
    );
  });
}
