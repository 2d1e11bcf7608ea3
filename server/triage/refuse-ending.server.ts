import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { weighDispute } from "~server/disputes/weigh-dispute.server";
import { DomainError } from "~server/errors.server";
import { refuseWhileKept } from "~server/handling/refuse-while-kept.server";

/**
 * Refuses to end an open lead as a duplicate, by a merge or because its last report goes elsewhere, while something
 * rests on it: `lead_has_findings`, `lead_in_dispute`, `things_kept` (all 409).
 */
export async function refuseEnding(tx: Tx, leadId: string): Promise<void> {
  await refuseWhileKept(tx, leadId, "merged");
  const found = await tx
    .select({ id: findings.id })
    .from(findings)
    .where(eq(findings.leadId, leadId))
    .limit(1);
  if (found.length > 0)
    throw new DomainError(
      "lead_has_findings",
      409,
      "被并入的在办线索已有认定，不能作为重复线索结束。请反过来合并，保留有认定的一方。",
    );
  if ((await weighDispute(tx, leadId)).open)
    throw new DomainError(
      "lead_in_dispute",
      409,
      "被并入的在办线索正在会商，不能作为重复线索结束。请先在会商页作出决定并转办，再合并。",
    );
}
