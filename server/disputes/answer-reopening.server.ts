import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { disputeReopenings } from "~db/schema/disputes";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { moveClocks } from "~server/clocks/move-clocks.server";
import { DomainError, notFound } from "~server/errors.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "~server/triage/lead-scope.server";
import type { Stage } from "~server/triage/stages";
import { findDispute, requireTriage } from "./dispute-scope.server";
import { openDispute } from "./open-dispute.server";

/**
 * The leading office grants or refuses a body's wish to have a dispute taken up again. Granted, the lead goes back to
 * 争议会商 with the same parties. Not by who asked. Refusals: 404, `not_mediator`, `answered_already`, `own_wish`,
 * `lead_moved_on`.
 */
export async function answerReopening(
  db: Database,
  input: { leadId: string; outcome: "granted" | "refused"; answer: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    const dispute = await findDispute(tx, { leadId: lead.id }, actor);
    if (dispute === null) throw notFound();
    requireTriage(actor);
    const [wish] = await tx
      .select()
      .from(disputeReopenings)
      .where(and(eq(disputeReopenings.disputeId, dispute.id), isNull(disputeReopenings.outcome)))
      .for("update");
    if (wish === undefined) {
      throw new DomainError("answered_already", 409, "没有等待答复的申请，请刷新后查看。");
    }
    if (wish.askedBy === actor.id) {
      throw new DomainError("own_wish", 403, "这项申请由您登记，请由其他研判员答复。");
    }
    if (input.outcome === "granted" && !["dispatched", "investigating"].includes(lead.stage)) {
      throw new DomainError("lead_moved_on", 409, "线索已经进入后面的环节，不能重新会商，请答复不同意。");
    }
    await tx
      .update(disputeReopenings)
      .set({ outcome: input.outcome, answer: input.answer, answeredBy: actor.id, answeredAt: input.at })
      .where(eq(disputeReopenings.id, wish.id));
    await recordEvent(
      tx,
      {
        action: input.outcome === "granted" ? "dispute.reopening_granted" : "dispute.reopening_refused",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { bodies: [wish.agencyId] },
        at: input.at,
      },
      actor,
    );
    if (input.outcome === "refused") return;
    await openDispute(tx, { lead, ground: wish.legalBasis, reopensId: dispute.id, at: input.at }, actor);
    await tx
      .update(leads)
      .set({ stage: "disputed", version: sql`${leads.version} + 1` })
      .where(eq(leads.id, lead.id));
    await moveClocks(tx, { leadId: lead.id, from: lead.stage as Stage, to: "disputed", at: input.at }, actor);
    await recordEvent(
      tx,
      {
        action: "lead.moved",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: { from: lead.stage, to: "disputed" },
        at: input.at,
      },
      actor,
    );
    await noteNews(tx, { leadId: lead.id }, chinaDay(input.at));
  });
}
