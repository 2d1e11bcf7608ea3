import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awardHolds } from "~db/schema/approvals";

/** The hold an award stands under now, or null. */
export async function findHold(tx: Tx, awardId: string): Promise<typeof awardHolds.$inferSelect | null> {
  const [hold] = await tx
    .select()
    .from(awardHolds)
    .where(and(eq(awardHolds.awardId, awardId), isNull(awardHolds.liftedAt)));
  return hold ?? null;
}

/** Whether an award is held; exact only while the award is locked. */
export async function isHeld(tx: Tx, awardId: string): Promise<boolean> {
  return (await findHold(tx, awardId)) !== null;
}
