import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { disputeDecisions, disputeReopenings } from "~db/schema/disputes";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readLeadInScope } from "~server/triage/lead-scope.server";
import { findDispute } from "./dispute-scope.server";
import { leadingBodies } from "./record-return.server";

/**
 * A body the decision names asks, on new facts, to have the dispute taken up again: once, and not of one that was itself
 * taken up again. Triage asks in the name of a body without accounts. Refusals: 404, `not_decided`, `asked_already`,
 * `not_your_body`.
 */
export async function askReopening(
  db: Database,
  input: { leadId: string; facts: string; legalBasis: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    const dispute = await findDispute(tx, { leadId: lead.id }, actor);
    if (dispute === null) throw notFound();
    if (dispute.status !== "decided" || !["dispatched", "investigating"].includes(lead.stage)) {
      throw new DomainError("not_decided", 409, "按会商决定转办之后、作出认定之前，才能申请重新会商。");
    }
    if (dispute.cause === "new_facts") throw askedAlready();
    const [decision] = await tx
      .select({ agencyIds: disputeDecisions.agencyIds })
      .from(disputeDecisions)
      .where(eq(disputeDecisions.disputeId, dispute.id));
    const leading = await leadingBodies(tx, lead.id);
    const agencyId = leading.includes(actor.agencyId) ? actor.agencyId : (leading[0] ?? "");
    if (!(await actsForTheLead(tx, lead.id, actor)) || !decision?.agencyIds.includes(agencyId)) {
      throw new DomainError("not_your_body", 403, "只有会商决定的牵头部门可以申请重新会商。");
    }
    await tx.insert(disputeReopenings).values({
      id: uuidv7(),
      disputeId: dispute.id,
      leadId: lead.id,
      agencyId,
      facts: input.facts,
      legalBasis: input.legalBasis,
      askedBy: actor.id,
      askedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "dispute.reopening_asked",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { bodies: [agencyId], legalBasis: input.legalBasis },
        at: input.at,
      },
      actor,
    );
  });
  await done.catch((error: unknown) => {
    if (databaseFault(error).constraint === "dispute_reopenings_uq") throw askedAlready();
    throw error;
  });
}

function askedAlready(): DomainError {
  return new DomainError(
    "asked_already",
    409,
    "重新会商只能申请一次，这项决定已经申请过。请按决定办理，确需调整的报领导小组办公室。",
  );
}
