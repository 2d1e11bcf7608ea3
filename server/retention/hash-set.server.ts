import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { deletionItems } from "~db/schema/retention";

export type FrozenItem = Pick<
  typeof deletionItems.$inferSelect,
  "ordinal" | "tipId" | "category" | "basisOn" | "dueOn" | "leadId" | "closureCode" | "messages" | "files"
>;

/** SHA-256 over a frozen set in its order. */
export function hashSet(items: readonly FrozenItem[]): Buffer {
  const hash = createHash("sha256");
  for (const one of items) {
    const { ordinal, tipId, category, basisOn, dueOn, leadId, closureCode, messages, files } = one;
    hash.update(
      JSON.stringify([ordinal, tipId, category, basisOn, dueOn, leadId, closureCode, messages, files]) + "\n",
    );
  }
  return hash.digest();
}

/** The items of a batch, in order, as far as the acting person sees them. */
export async function readSet(tx: Tx, batchId: string): Promise<FrozenItem[]> {
  return tx
    .select()
    .from(deletionItems)
    .where(eq(deletionItems.batchId, batchId))
    .orderBy(asc(deletionItems.ordinal));
}
