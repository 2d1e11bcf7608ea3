import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { alerts } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** A person of triage has taken notice of an alert, once. Refusals: `not_found`, `acknowledged` (409). */
export async function acknowledgeAlert(
  db: Database,
  input: { readonly alertId: string; readonly note: string | null; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  await withActor(db, actor, async (tx) => {
    const [alert] = await tx.select().from(alerts).where(eq(alerts.id, input.alertId)).for("update");
    if (alert === undefined) throw notFound();
    const done = await tx
      .update(alerts)
      .set({ acknowledgedBy: actor.id, acknowledgedAt: input.at, note: input.note })
      .where(and(eq(alerts.id, alert.id), isNull(alerts.acknowledgedAt)))
      .returning({ id: alerts.id });
    if (done.length === 0) {
      throw new DomainError("acknowledged", 409, "这条预警已经有人确认。请刷新后查看。");
    }
    // Neither the lead nor the note: bodies read a lead's trail, and the alert itself keeps both.
    await recordEvent(
      tx,
      {
        action: "alert.acknowledged",
        subjectTable: "alerts",
        subjectId: alert.id,
        at: input.at,
      },
      actor,
    );
  });
}
