import { v7 as uuidv7 } from "uuid";
import { and, eq, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { disputeDecisions, disputeOpinions, disputeRecords, leadReturns } from "~db/schema/disputes";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault } from "~server/errors.server";
import { findStanding } from "~server/packs/find-standing.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readOpenDispute, requireTriage, type DisputeRow } from "./dispute-scope.server";
import { staleDispute } from "./edit-question.server";
import { mailDispute } from "./mail-dispute.server";
import { waitingParties } from "./record-proceeding.server";

export type DecisionInput = {
  readonly leadId: string;
  readonly version: number;
  /** One lead body, or 联合整治 under several. */
  readonly outcome: "single" | "joint";
  /** 领导小组研究认定: the office carries out what the leading group answered. */
  readonly byGroup: boolean;
  /** The bodies that lead, the first before the others. */
  readonly agencyIds: readonly string[];
  readonly legalBasis: string;
  readonly reasons: string;
  readonly dissent: string | null;
  readonly at: Date;
};

/**
 * The leading office decides who handles the lead; the dispute ends, and the lead waits to be dispatched accordingly
 * (dispatch-lead). Every party was heard or reminded before. Not by whoever is recused (to them it is not there), nor by
 * whoever spoke for a party. Refusals: 404, `not_mediator`, `dispute_ended`, `stale_dispute`, `own_part`, `unheard`,
 * `not_answered`, `unknown_agency`, `wrong_bodies`.
 */
export async function decideDispute(db: Database, input: DecisionInput, actor: StaffActor): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    requireTriage(actor);
    if (dispute.version !== input.version) throw staleDispute();
    await refuseUnready(tx, dispute, input, actor);
    await tx.insert(disputeDecisions).values({
      id: uuidv7(),
      disputeId: dispute.id,
      leadId: dispute.leadId,
      outcome: input.outcome,
      byGroup: input.byGroup,
      agencyIds: [...input.agencyIds],
      legalBasis: input.legalBasis,
      reasons: input.reasons,
      dissent: input.dissent,
      decidedBy: actor.id,
      decidedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "dispute.decided",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { bodies: input.agencyIds, legalBasis: input.legalBasis, byGroup: input.byGroup },
        at: input.at,
      },
      actor,
    );
    await mailDispute(tx, { disputeId: dispute.id, about: "decided", turn: "decided", at: input.at });
  });
  await done.catch((error: unknown) => {
    const { constraint } = databaseFault(error);
    // Two decisions at the same moment.
    if (constraint === "dispute_decisions_uq" || constraint === "disputes_ended") throw staleDispute();
    throw error;
  });
}

async function refuseUnready(
  tx: Tx,
  dispute: DisputeRow,
  input: DecisionInput,
  actor: StaffActor,
): Promise<void> {
  const bodies = [...new Set(input.agencyIds)];
  const fits = input.outcome === "single" ? bodies.length === 1 : bodies.length > 1 && bodies.length <= 10;
  if (!fits || bodies.length !== input.agencyIds.length) {
    throw new DomainError(
      "wrong_bodies",
      400,
      "单独牵头的选一个部门；联合整治的选两个以上部门，同一部门只选一次。",
    );
  }
  const known = await findStanding(tx, bodies);
  if (known.length !== bodies.length) throw new DomainError("unknown_agency", 400, "请选择方案所列的部门。");
  if (await hasOwnPart(tx, dispute, actor)) {
    throw new DomainError("own_part", 403, "您曾代表一方退回线索或者提交意见，请由其他研判员作出决定。");
  }
  const records = await tx
    .select({ kind: disputeRecords.kind })
    .from(disputeRecords)
    .where(eq(disputeRecords.disputeId, dispute.id));
  const waiting = await waitingParties(tx, dispute.id);
  if (waiting.length > 0 && !records.some(({ kind }) => kind === "reminder")) {
    throw new DomainError("unheard", 409, "还有部门没有提交意见。请先催告，再作出决定。");
  }
  if (input.byGroup && !records.some(({ kind }) => kind === "answered")) {
    throw new DomainError("not_answered", 409, "还没有登记领导小组的研究意见，请先登记答复的文号和日期。");
  }
}

async function hasOwnPart(tx: Tx, dispute: DisputeRow, actor: StaffActor): Promise<boolean> {
  const spoke = await tx
    .select({ id: disputeOpinions.id })
    .from(disputeOpinions)
    .where(
      and(
        eq(disputeOpinions.disputeId, dispute.id),
        eq(disputeOpinions.givenBy, actor.id),
        isNull(disputeOpinions.letterNumber),
      ),
    );
  const returned = await tx
    .select({ id: leadReturns.id })
    .from(leadReturns)
    .where(
      and(
        eq(leadReturns.leadId, dispute.leadId),
        eq(leadReturns.returnedBy, actor.id),
        eq(leadReturns.agencyId, actor.agencyId),
      ),
    );
  return spoke.length + returned.length > 0;
}
