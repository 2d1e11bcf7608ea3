import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { deletionBatches } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";
import { hashSet, readSet } from "./hash-set.server";
import { lockBatch } from "./lock-batch.server";

/**
 * An administrator, who is not who proposed it, approves the set they saw (`set`: its SHA-256 in hex); the caller has
 * had it confirmed by passkey. Throws `not_found` for anyone else, `passkey_needed` (403), `own_proposal` (409),
 * `batch_moved_on` (409), `set_differs` (409).
 */
export async function approveDeletion(
  db: Database,
  input: { readonly batchId: string; readonly set: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "administrator")) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
  await withActor(db, actor, async (tx) => {
    const batch = await lockBatch(tx, input.batchId, ["proposed"]);
    if (batch.proposedBy === actor.id)
      throw new DomainError("own_proposal", 409, "提出的人不能批准，请由另一位管理员批准。");
    const frozen = batch.setSha256.toString("hex");
    if (frozen !== input.set || hashSet(await readSet(tx, batch.id)).toString("hex") !== frozen)
      throw new DomainError("set_differs", 409, "这一批与您看到的内容不一致，请刷新后重新核对。");
    await tx
      .update(deletionBatches)
      .set({ state: "approved", approvedBy: actor.id, approvedAt: input.at })
      .where(eq(deletionBatches.id, batch.id));
    await recordEvent(
      tx,
      {
        action: "retention.approved",
        subjectTable: "deletion_batches",
        subjectId: batch.id,
        data: { reports: batch.items, policy: batch.policyVersion },
        at: input.at,
      },
      actor,
    );
  });
}
