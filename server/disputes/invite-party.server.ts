import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { disputeParties } from "~db/schema/disputes";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault } from "~server/errors.server";
import { findStanding } from "~server/packs/find-standing.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readOpenDispute, requireTriage } from "./dispute-scope.server";
import { mailDispute } from "./mail-dispute.server";

/** The office has another body heard. Refusals: 404, `not_mediator`, `dispute_ended`, `unknown_agency`, `party_already`. */
export async function inviteParty(
  db: Database,
  input: { leadId: string; agencyId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    requireTriage(actor);
    const known = await findStanding(tx, [input.agencyId]);
    if (known.length === 0) throw new DomainError("unknown_agency", 400, "请选择方案所列的部门。");
    await tx.insert(disputeParties).values({
      id: uuidv7(),
      disputeId: dispute.id,
      leadId: dispute.leadId,
      agencyId: input.agencyId,
      why: "invited",
      joinedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "dispute.party_invited",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { bodies: [input.agencyId] },
        at: input.at,
      },
      actor,
    );
    await mailDispute(tx, {
      disputeId: dispute.id,
      about: "asked",
      turn: `invited:${input.agencyId}`,
      at: input.at,
    });
  });
  await done.catch((error: unknown) => {
    if (databaseFault(error).constraint !== "dispute_parties_uq") throw error;
    throw new DomainError("party_already", 409, "这个部门已经参加会商。");
  });
}
