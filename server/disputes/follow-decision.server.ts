import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { staffDisputeQuestions } from "~/i18n/zh-CN/staff-disputes";
import { disputeDecisions, disputes } from "~db/schema/disputes";
import { DomainError } from "~server/errors.server";
import { weighDispute } from "./weigh-dispute.server";

export type DecidedRoute = {
  readonly disputeId: string;
  /** The bodies that lead, the first before the others. */
  readonly agencyIds: readonly string[];
  readonly reason: string;
};

/**
 * Where a lead in 争议会商 goes when it is dispatched: to the bodies its dispute was decided for. Refused with
 * `dispute_open` before the decision. Null for a lead that has no dispute on record.
 */
export async function followDecision(tx: Tx, leadId: string): Promise<DecidedRoute | null> {
  if ((await weighDispute(tx, leadId)).open) {
    throw new DomainError("dispute_open", 409, "会商还没有形成决定，请先在会商页作出决定，再按决定转办。");
  }
  const [decided] = await tx
    .select({
      disputeId: disputes.id,
      agencyIds: disputeDecisions.agencyIds,
      legalBasis: disputeDecisions.legalBasis,
    })
    .from(disputes)
    .innerJoin(disputeDecisions, eq(disputeDecisions.disputeId, disputes.id))
    .where(and(eq(disputes.leadId, leadId), eq(disputes.status, "decided")))
    .orderBy(desc(disputes.openedAt), desc(disputes.id))
    .limit(1);
  if (decided === undefined) return null;
  // Bodies that only help read the lead's decision: of the dispute it says the ground, not who argued what.
  const reason = staffDisputeQuestions.dispatched.replace("{{ground}}", decided.legalBasis);
  return { disputeId: decided.disputeId, agencyIds: decided.agencyIds, reason };
}
