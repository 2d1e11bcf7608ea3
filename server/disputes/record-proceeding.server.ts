import { v7 as uuidv7 } from "uuid";
import { eq, and } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { disputeOpinions, disputeParties, disputeRecords } from "~db/schema/disputes";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readOpenDispute, requireTriage } from "./dispute-scope.server";
import { mailDispute } from "./mail-dispute.server";
import { nameBodies } from "./name-bodies.server";

export const PROCEEDINGS = ["meeting", "expert", "escalated", "answered"] as const;
export type Proceeding = (typeof PROCEEDINGS)[number];

/**
 * What the office did to settle a dispute: a meeting, experts asked, the question put to the leading group, its answer
 * (the last two with the document's number). Written once; a correction is another record. `heldOn` is YYYY-MM-DD, not
 * later than today. Refusals: 404, `not_mediator`, `dispute_ended`, `future_day`, `not_escalated`.
 */
export async function recordProceeding(
  db: Database,
  input: {
    leadId: string;
    kind: Proceeding;
    heldOn: string;
    people: string;
    summary: string;
    documentNumber: string | null;
    at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    requireTriage(actor);
    if (input.heldOn > chinaDay(input.at)) {
      throw new DomainError("future_day", 400, "日期不能晚于今天，请在办理之后登记。");
    }
    if (input.kind === "answered") {
      const asked = await tx
        .select({ id: disputeRecords.id })
        .from(disputeRecords)
        .where(and(eq(disputeRecords.disputeId, dispute.id), eq(disputeRecords.kind, "escalated")));
      if (asked.length === 0) {
        throw new DomainError("not_escalated", 409, "还没有报请领导小组研究，请先登记报请的文号和日期。");
      }
    }
    const { leadId: _lead, at, ...record } = input;
    await insertRecord(tx, { disputeId: dispute.id, leadId: dispute.leadId, ...record }, at, actor);
  });
}

/** 催告: the bodies that have not given their opinion are reminded; a body without accounts by letter. Refused when none waits. */
export async function remindParties(
  db: Database,
  input: { leadId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    requireTriage(actor);
    const waiting = await waitingParties(tx, dispute.id);
    if (waiting.length === 0) {
      throw new DomainError("nobody_waits", 409, "各方都已提交意见，不需要催告。");
    }
    const name = await nameBodies(tx, waiting);
    const recordId = await insertRecord(
      tx,
      {
        disputeId: dispute.id,
        leadId: dispute.leadId,
        kind: "reminder",
        heldOn: chinaDay(input.at),
        people: waiting.map(name).join("、"),
        summary: "",
        documentNumber: null,
      },
      input.at,
      actor,
    );
    await mailDispute(tx, { disputeId: dispute.id, about: "reminded", turn: recordId, at: input.at });
  });
}

/** The parties that have said nothing yet; for one that has ceased its successor speaks, where it is heard. */
export async function waitingParties(tx: Tx, disputeId: string): Promise<string[]> {
  const parties = await tx
    .select({ agencyId: disputeParties.agencyId, successorId: agencies.successorId })
    .from(disputeParties)
    .innerJoin(agencies, eq(agencies.id, disputeParties.agencyId))
    .where(eq(disputeParties.disputeId, disputeId));
  const heard = await tx
    .select({ agencyId: disputeOpinions.agencyId })
    .from(disputeOpinions)
    .where(eq(disputeOpinions.disputeId, disputeId));
  const spokenFor = (id: string | null) => parties.some(({ agencyId }) => agencyId === id);
  return parties
    .filter(({ successorId }) => !spokenFor(successorId))
    .map(({ agencyId }) => agencyId)
    .filter((id) => !heard.some(({ agencyId }) => agencyId === id));
}

async function insertRecord(
  tx: Tx,
  record: Omit<typeof disputeRecords.$inferInsert, "id" | "recordedBy" | "recordedAt">,
  at: Date,
  actor: StaffActor,
): Promise<string> {
  const id = uuidv7();
  await tx.insert(disputeRecords).values({ id, ...record, recordedBy: actor.id, recordedAt: at });
  await recordEvent(
    tx,
    {
      action: "dispute.recorded",
      subjectTable: "disputes",
      subjectId: record.disputeId,
      data: { proceeding: record.kind, recordId: id },
      at,
    },
    actor,
  );
  return id;
}
