import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { preservations, preservationSteps } from "~db/schema/handling";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { endClock } from "~server/clocks/end-clock.server";
import { startClock } from "~server/clocks/start-clock.server";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { PRESERVATION_DAYS, type PreservationDecision } from "./handling-kinds";
import {
  bodyOfAct,
  readHandledLead,
  refuseFuture,
  refuseUnlessActs,
  refuseUnlessHandling,
  sayRefusal,
} from "./handling-scope.server";

export type PreserveInput = {
  readonly leadId: string;
  readonly item: string;
  readonly quantity: string;
  readonly place: string;
  /** Who keeps it first. */
  readonly holder: string;
  readonly legalBasis: string;
  /** Of its photo or list of files, hex. */
  readonly sha256: string | null;
  readonly takenOn: string;
  readonly at: Date;
};

/**
 * 先行登记保存: enters a thing and starts the clock of its decision, seven working days (行政处罚法 第五十六条、第八十五条).
 * Refusals: `not_your_lead`, `not_handling`, `in_future`, `recorded_already`.
 */
export async function preserveItem(
  db: Database,
  input: PreserveInput,
  actor: StaffActor,
): Promise<{ preservationId: string }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor, { lock: true });
    await refuseUnlessHandling(tx, lead, actor);
    refuseFuture(input.takenOn, chinaDay(input.at));
    const { agencyId } = await bodyOfAct(tx, lead.id, actor);
    const { at, sha256, leadId: _lead, ...row } = input;
    // The lead is held: of a form sent twice the second finds the first, and no thing is kept twice on paper.
    const [same] = await tx
      .select({ id: preservations.id })
      .from(preservations)
      .where(
        and(
          eq(preservations.leadId, lead.id),
          eq(preservations.agencyId, agencyId),
          eq(preservations.item, row.item),
          eq(preservations.quantity, row.quantity),
          eq(preservations.place, row.place),
          eq(preservations.holder, row.holder),
          eq(preservations.takenOn, row.takenOn),
        ),
      )
      .limit(1);
    if (same !== undefined) {
      throw new DomainError(
        "recorded_already",
        409,
        "同一天、同一保管人名下内容相同的物品已经登记过，没有再登记。确系另一件的，请在物品名称中写明区别。",
      );
    }
    const id = uuidv7();
    await tx.insert(preservations).values({
      ...{ ...row, id, leadId: lead.id, agencyId, recordedBy: actor.id, recordedAt: at },
      sha256: sha256 === null ? null : Buffer.from(sha256, "hex"),
    });
    await startClock(
      tx,
      {
        ...{ leadId: lead.id, kind: "preservation", subject: id, at, startedOn: input.takenOn },
        limit: { days: PRESERVATION_DAYS, kind: "working", clause: "行政处罚法 第五十六条、第八十五条" },
      },
      actor,
    );
    await recordEvent(
      tx,
      {
        ...{ action: "preservation.recorded", subjectTable: "preservations", subjectId: id, leadId: lead.id },
        ...{ data: {}, at },
      },
      actor,
    );
    return { preservationId: id };
  });
}

export type CustodyInput = {
  readonly leadId: string;
  readonly preservationId: string;
  readonly onDay: string;
  readonly reason: string;
  readonly at: Date;
} & (
  | { readonly kind: "handover"; readonly fromHolder: string; readonly toHolder: string }
  | { readonly kind: "decided"; readonly decision: PreservationDecision }
);

/**
 * Hands a thing on, or decides what becomes of it, which ends its clock. Refusals: `not_your_lead`, `in_future`,
 * `chain_broken`, `decided_already`.
 */
export async function recordCustody(db: Database, input: CustodyInput, actor: StaffActor): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor);
    await refuseUnlessActs(tx, lead, actor);
    const [kept] = await tx
      .select({ id: preservations.id })
      .from(preservations)
      .where(and(eq(preservations.id, input.preservationId), eq(preservations.leadId, lead.id)));
    if (kept === undefined) throw notFound();
    refuseFuture(input.onDay, chinaDay(input.at));
    const { at, kind } = input;
    const id = uuidv7();
    await tx.insert(preservationSteps).values({
      ...{ id, preservationId: kept.id, leadId: lead.id, kind, onDay: input.onDay, reason: input.reason },
      fromHolder: kind === "handover" ? input.fromHolder : null,
      toHolder: kind === "handover" ? input.toHolder : null,
      decision: kind === "decided" ? input.decision : null,
      recordedBy: actor.id,
      recordedAt: at,
    });
    if (kind === "decided")
      await endClock(tx, { leadId: lead.id, kind: "preservation", subject: kept.id, at }, actor);
    const action = kind === "decided" ? "preservation.decided" : "preservation.handed_over";
    await recordEvent(
      tx,
      { action, subjectTable: "preservation_steps", subjectId: id, leadId: lead.id, data: {}, at },
      actor,
    );
  });
  await done.catch(sayRefusal);
}
