import { and, desc, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { staffDisputeQuestions } from "~/i18n/zh-CN/staff-disputes";
import { disputeDecisions, disputes } from "~db/schema/disputes";
import { agencies } from "~db/schema/staff";
import { DomainError } from "~server/errors.server";
import { weighDispute } from "./weigh-dispute.server";

export type DecidedRoute = {
  readonly disputeId: string;
  /** The bodies that lead, the first before the others. */
  readonly agencyIds: readonly string[];
  readonly reason: string;
};

/**
 * Where a lead in 争议会商 goes when it is dispatched: to the bodies its dispute was decided for, or who has their duties
 * now. Refused with `dispute_open` before the decision. Null for a lead that has no dispute on record, and where all
 * those bodies have ceased without a successor: then it is routed by the rules, or as triage says.
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
  const agencyIds = await standIn(tx, decided.agencyIds);
  if (agencyIds.length === 0) return null;
  // Bodies that only help read the lead's decision: of the dispute it says the ground, not who argued what.
  const reason = staffDisputeQuestions.dispatched.replace("{{ground}}", decided.legalBasis);
  return { disputeId: decided.disputeId, agencyIds, reason };
}

/** Those of the bodies that go on, and the successors of those that have ceased since, each once, in their order. */
async function standIn(tx: Tx, decided: readonly string[]): Promise<string[]> {
  const { id, validTo, successorId } = agencies;
  const rows = await tx
    .select({ id, validTo, successorId })
    .from(agencies)
    .where(inArray(id, [...decided]));
  const bodies = decided.flatMap((one) => {
    const body = rows.find((row) => row.id === one);
    return body === undefined || body.validTo === null ? [one] : (body.successorId ?? []);
  });
  return [...new Set(bodies)];
}
