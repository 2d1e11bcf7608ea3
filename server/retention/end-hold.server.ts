import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { legalHolds } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";

/**
 * Ends a hold, with the reason why. Triage's act, by passkey. Throws `passkey_needed` (403); `not_found` for anyone
 * else, and for a hold that ended or is on a lead this person keeps away from.
 */
export async function endHold(
  db: Database,
  input: { readonly holdId: string; readonly reason: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer") || !validate(input.holdId)) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
  await withActor(db, actor, async (tx) => {
    const [ended] = await tx
      .update(legalHolds)
      .set({ endedAt: input.at, endedBy: actor.id, endReason: input.reason })
      .where(and(eq(legalHolds.id, input.holdId), isNull(legalHolds.endedAt)))
      .returning({ leadId: legalHolds.leadId });
    if (ended === undefined) throw notFound();
    await recordEvent(
      tx,
      {
        action: "hold.ended",
        subjectTable: "legal_holds",
        subjectId: input.holdId,
        ...(ended.leadId === null ? {} : { leadId: ended.leadId }),
        at: input.at,
      },
      actor,
    );
  });
}
