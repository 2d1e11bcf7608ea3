import { eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Tx } from "~db/client.server";
import { deletionBatches } from "~db/schema/retention";
import { DomainError, notFound } from "~server/errors.server";

export type Batch = typeof deletionBatches.$inferSelect;

/** A batch held until the transaction ends. Throws `not_found`; `batch_moved_on` (409) where it is in another state. */
export async function lockBatch(tx: Tx, batchId: string, states: readonly string[]): Promise<Batch> {
  if (!validate(batchId)) throw notFound();
  const [batch] = await tx
    .select()
    .from(deletionBatches)
    .where(eq(deletionBatches.id, batchId))
    .for("update");
  if (batch === undefined) throw notFound();
  if (!states.includes(batch.state))
    throw new DomainError("batch_moved_on", 409, "这一批已经由他人办理，请刷新后查看结果。");
  return batch;
}
