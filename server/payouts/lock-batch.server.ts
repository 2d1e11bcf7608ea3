import { asc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { notFound } from "~server/errors.server";

export type LockedBatch = typeof payoutBatches.$inferSelect;
export type BatchLine = typeof payoutLines.$inferSelect;

/** Reads a batch and holds it until commit, so that of several acts at once one goes first. Throws `not_found`. */
export async function lockBatch(tx: Tx, batchId: string): Promise<LockedBatch> {
  const [batch] = await tx.select().from(payoutBatches).where(eq(payoutBatches.id, batchId)).for("update");
  if (batch === undefined) throw notFound();
  return batch;
}

export async function readLines(tx: Tx, batchId: string): Promise<BatchLine[]> {
  return tx
    .select()
    .from(payoutLines)
    .where(eq(payoutLines.batchId, batchId))
    .orderBy(asc(payoutLines.position));
}

/** `PB2026-0007`. */
export function batchNumber(batch: { readonly year: number; readonly no: number }): string {
  return `PB${batch.year}-${String(batch.no).padStart(4, "0")}`;
}

/** `PB2026-0007-0012`: what the journal says of a line's payment. */
export function lineReference(
  batch: { readonly year: number; readonly no: number },
  position: number,
): string {
  return `${batchNumber(batch)}-${String(position).padStart(4, "0")}`;
}
