import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { deletionBatches } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";
import { readSet } from "./hash-set.server";
import { lockBatch } from "./lock-batch.server";

/**
 * Triage, who knows the matters, has looked through a set and proposes to destroy it. Throws `not_found` for anyone
 * else, `passkey_needed` (403), `batch_moved_on` (409), `recused_from_set` (409) where a report of it is of a lead this
 * person keeps away from.
 */
export async function proposeDeletion(
  db: Database,
  input: { readonly batchId: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
  await withActor(db, actor, async (tx) => {
    const batch = await lockBatch(tx, input.batchId, ["drawn"]);
    if ((await readSet(tx, batch.id)).length !== batch.items)
      throw new DomainError("recused_from_set", 409, "这一批中有您已申报回避的线索，请由另一位研判员提出。");
    await tx
      .update(deletionBatches)
      .set({ state: "proposed", proposedBy: actor.id, proposedAt: input.at })
      .where(eq(deletionBatches.id, batch.id));
    await recordEvent(
      tx,
      {
        action: "retention.proposed",
        subjectTable: "deletion_batches",
        subjectId: batch.id,
        data: { reports: batch.items, policy: batch.policyVersion },
        at: input.at,
      },
      actor,
    );
  });
}
