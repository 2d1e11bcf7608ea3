import { and, desc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { leadMeasures } from "~db/schema/handling";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { endClock } from "~server/clocks/end-clock.server";
import { startClock } from "~server/clocks/start-clock.server";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { MeasureKind } from "./handling-kinds";
import {
  bodyOfAct,
  continuesOwn,
  readHandledLead,
  refuseFuture,
  refuseUnlessActs,
  refuseUnlessHandling,
  sayRefusal,
} from "./handling-scope.server";

export type MeasureInput = {
  readonly leadId: string;
  readonly kind: MeasureKind;
  /** YYYY-MM-DD */
  readonly takenOn: string;
  readonly legalBasis: string;
  readonly summary: string;
  readonly documentNumber: string | null;
  /** For 持续监管 alone: when the subject is looked at again, 1 to 400 days after. */
  readonly reviewOn: string | null;
  readonly at: Date;
};

/** Records what a body did; 持续监管 starts the clock of its next review. Refusals: `not_your_lead`, `not_handling`, `in_future`, `recorded_already`. */
export async function recordMeasure(
  db: Database,
  input: MeasureInput,
  actor: StaffActor,
): Promise<{ measureId: string }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor, { lock: true });
    await refuseUnlessHandling(tx, lead, actor);
    refuseFuture(input.takenOn, chinaDay(input.at));
    const { agencyId } = await bodyOfAct(tx, lead.id, actor);
    const { at, leadId: _lead, ...row } = input;
    // The lead is held: of a form sent twice the second finds the first.
    const [same] = await tx
      .select({ id: leadMeasures.id })
      .from(leadMeasures)
      .where(
        and(
          eq(leadMeasures.leadId, lead.id),
          eq(leadMeasures.agencyId, agencyId),
          eq(leadMeasures.kind, row.kind),
          eq(leadMeasures.takenOn, row.takenOn),
          eq(leadMeasures.legalBasis, row.legalBasis),
          eq(leadMeasures.summary, row.summary),
        ),
      )
      .limit(1);
    if (same !== undefined) {
      throw new DomainError(
        "recorded_already",
        409,
        "同一天内容相同的措施已经登记过，没有再登记。确系另一次的，请在情况中写明区别。",
      );
    }
    const id = uuidv7();
    await tx.insert(leadMeasures).values({
      ...row,
      id,
      measureId: id,
      leadId: lead.id,
      version: 1,
      agencyId,
      recordedBy: actor.id,
      recordedAt: at,
    });
    if (input.reviewOn !== null) {
      const { takenOn: startedOn, reviewOn, legalBasis: clause } = input;
      const days = Math.round((Date.parse(reviewOn) - Date.parse(startedOn)) / 86_400_000);
      await startClock(
        tx,
        {
          ...{ leadId: lead.id, kind: "follow_up", subject: id, at, startedOn },
          limit: { days, kind: "calendar", clause },
        },
        actor,
      );
    }
    await recordEvent(
      tx,
      {
        action: "measure.recorded",
        subjectTable: "lead_measures",
        subjectId: id,
        leadId: lead.id,
        data: {},
        at,
      },
      actor,
    );
    return { measureId: id };
  });
}

/**
 * Adds what came of a measure as its next version; `version` is the one the person saw. Refusals: `not_your_lead`,
 * `stale_measure`, `too_many_versions`.
 */
export async function recordOutcome(
  db: Database,
  input: { leadId: string; measureId: string; version: number; outcome: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor);
    const { leadId, measureId } = input;
    const own = await continuesOwn(tx, { leadId, table: "lead_measures", id: measureId }, actor);
    if (!own) await refuseUnlessActs(tx, lead, actor);
    const [last] = await tx
      .select()
      .from(leadMeasures)
      .where(eq(leadMeasures.measureId, input.measureId))
      .orderBy(desc(leadMeasures.version))
      .limit(1);
    if (last === undefined || last.leadId !== lead.id) throw notFound();
    const id = uuidv7();
    await tx.insert(leadMeasures).values({
      ...last,
      id,
      version: input.version + 1,
      outcome: input.outcome,
      recordedBy: actor.id,
      recordedAt: input.at,
    });
    // What 持续监管 waited for has been looked at.
    await endClock(tx, { leadId: lead.id, kind: "follow_up", subject: last.measureId, at: input.at }, actor);
    await recordEvent(
      tx,
      {
        action: "measure.outcome_recorded",
        subjectTable: "lead_measures",
        subjectId: id,
        ...(own ? {} : { leadId: lead.id }),
        data: { version: input.version + 1 },
        at: input.at,
      },
      actor,
    );
  });
  await done.catch(sayRefusal);
}
