import { and, eq, notExists, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { preservations, preservationSteps } from "~db/schema/handling";
import { DomainError } from "~server/errors.server";

/**
 * A lead is not closed while things kept for it (先行登记保存) wait for their decision: 行政处罚法第五十六条 wants it in seven
 * days, whatever becomes of the lead. The database keeps the same (0044, leads_things_decided). Throws `things_kept`.
 */
export async function refuseWhileKept(
  tx: Tx,
  leadId: string,
  ending: "closed" | "merged" = "closed",
): Promise<void> {
  const decided = tx
    .select({ one: sql`1` })
    .from(preservationSteps)
    .where(
      and(eq(preservationSteps.preservationId, preservations.id), eq(preservationSteps.kind, "decided")),
    );
  const [kept] = await tx
    .select({ id: preservations.id })
    .from(preservations)
    .where(and(eq(preservations.leadId, leadId), notExists(decided)))
    .limit(1);
  if (kept === undefined) return;
  throw new DomainError(
    "things_kept",
    409,
    ending === "closed"
      ? "还有先行登记保存的物品没有作出处理决定，请先在“处置”页登记处理决定，再办结。"
      : "被并入的在办线索还有先行登记保存的物品没有作出处理决定。请先在该线索的“处置”页登记处理决定，或者反过来合并，再办理。",
  );
}
