import { and, eq, gte, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Tx } from "~db/client.server";
import { bulkRows, bulkSets } from "~db/schema/board";
import { events } from "~db/schema/events";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { DomainError, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { carryOutRows, type BulkAct } from "./act-on-set.server";
import { setStarted } from "./freeze-set.server";

/** Minutes after which an act in bulk that has rows left was cut off: 500 rows take less. */
const CUT_OFF_AFTER = 10;

/**
 * Takes up an act in bulk that was cut off: the same act on the rows of the same frozen set that have no result yet.
 * What was done is not done again, also where the end came between the deed and its note. `before` says how many rows
 * had their result already. Throws `set_running` (409) while it may still be under way, `set_started` (409) where
 * nothing is left; 404 for another's set and one that was never acted on.
 */
export async function resumeSet(
  portal: Pick<Portal, "db" | "log">,
  input: { readonly setId: string; readonly at: Date },
  actor: StaffActor,
): Promise<{ done: number; skipped: number; before: number }> {
  if (!validate(input.setId)) throw notFound();
  const { act, before } = await withActor(portal.db, actor, async (tx) => {
    const [set] = await tx.select().from(bulkSets).where(eq(bulkSets.id, input.setId)).for("update");
    if (set === undefined || set.startedAt === null) throw notFound();
    const left = await tx
      .select({ leadId: bulkRows.leadId })
      .from(bulkRows)
      .where(and(eq(bulkRows.setId, set.id), isNull(bulkRows.result)));
    if (left.length === 0) throw setStarted();
    if (set.startedAt.getTime() > input.at.getTime() - CUT_OFF_AFTER * 60_000)
      throw new DomainError(
        "set_running",
        409,
        `这批线索可能还在办理，请过 ${String(CUT_OFF_AFTER)} 分钟再看；仍有没有办理的，可以接着办理。`,
      );
    // Whoever asks for the same at once finds it under way.
    await tx.update(bulkSets).set({ startedAt: input.at }).where(eq(bulkSets.id, set.id));
    const stored = set.act as BulkAct;
    const leadIds = left.map(({ leadId }) => leadId);
    await noteDone(tx, { setId: set.id, leadIds, act: stored, since: set.madeAt }, actor);
    const [noted] = await tx
      .select({ n: sql<number>`count(*)::int` })
      .from(bulkRows)
      .where(and(eq(bulkRows.setId, set.id), isNotNull(bulkRows.result)));
    return { act: stored, before: noted?.n ?? 0 };
  });
  return { ...(await carryOutRows(portal, { ...input, act }, actor)), before };
}

/** Rows this person's act had reached when it was cut off before it could say so: the trail tells. */
async function noteDone(
  tx: Tx,
  of: { setId: string; leadIds: readonly string[]; act: BulkAct; since: Date },
  actor: StaffActor,
): Promise<void> {
  const { act } = of;
  const reached = await tx
    .selectDistinct({ leadId: events.leadId })
    .from(events)
    .innerJoin(leads, eq(leads.id, events.leadId))
    .where(
      and(
        inArray(events.leadId, [...of.leadIds]),
        eq(events.actorId, actor.id),
        gte(events.recordedAt, of.since),
        act.kind === "move"
          ? and(eq(events.action, "lead.moved"), eq(leads.stage, act.to))
          : inArray(events.action, ["lead.assigned", "lead.unassigned"]),
      ),
    );
  const ids = reached.flatMap(({ leadId }) => leadId ?? []);
  if (ids.length === 0) return;
  await tx
    .update(bulkRows)
    .set({ result: "done" })
    .where(and(eq(bulkRows.setId, of.setId), inArray(bulkRows.leadId, ids), isNull(bulkRows.result)));
}
