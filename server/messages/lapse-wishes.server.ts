import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";

/** Ends the wishes to reopen that wait under receipts about to be closed: nobody could be answered any more. */
export async function lapseWishes(tx: Tx, tipIds: readonly string[], today: string): Promise<void> {
  await tx
    .update(tipMessages)
    .set({ outcome: "lapsed", outcomeOn: today })
    .where(
      and(
        inArray(tipMessages.tipId, [...tipIds]),
        eq(tipMessages.kind, "reopen"),
        isNull(tipMessages.outcome),
      ),
    );
}
