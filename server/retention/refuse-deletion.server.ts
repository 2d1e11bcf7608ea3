import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { deletionBatches } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";
import { lockBatch } from "./lock-batch.server";

/** Triage or an administrator sends a set away; nothing of it goes. Throws as `proposeDeletion` does. */
export async function refuseDeletion(
  db: Database,
  input: { readonly batchId: string; readonly reason: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer", "administrator")) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
  await withActor(db, actor, async (tx) => {
    const batch = await lockBatch(tx, input.batchId, ["drawn", "proposed"]);
    await tx
      .update(deletionBatches)
      .set({ state: "refused", refusedBy: actor.id, refusedAt: input.at, refusal: input.reason })
      .where(eq(deletionBatches.id, batch.id));
    await recordEvent(
      tx,
      {
        action: "retention.refused",
        subjectTable: "deletion_batches",
        subjectId: batch.id,
        data: { reports: batch.items },
        at: input.at,
      },
      actor,
    );
  });
}
