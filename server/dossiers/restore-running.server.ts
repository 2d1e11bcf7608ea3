import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { leadAssignments } from "~db/schema/board";
import { clockPauses, leadClocks } from "~db/schema/clocks";
import { staffDossierReasons } from "~/i18n/zh-CN/staff-dossiers";
import { chinaDay } from "~server/clock";
import { BOARD_CLOCKS, ENDING_CLOCKS, type ClockKind } from "~server/clocks/clock-kinds";
import { setDueDay } from "~server/clocks/set-due-day.server";
import { startClock } from "~server/clocks/start-clock.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { MergeRecord } from "./merge-record";
import { settledSince } from "./settled-since.server";

type Running = Pick<MergeRecord, "clocks" | "pauses" | "assignments">;

/** What the database will end with a lead that a merge empties: its clocks, their pauses, who works on it. */
export async function readRunning(tx: Tx, leadId: string | null): Promise<Running> {
  if (leadId === null) return { clocks: [], pauses: [], assignments: [] };
  const clocks = await tx
    .select({ id: leadClocks.id })
    .from(leadClocks)
    .where(
      and(
        eq(leadClocks.leadId, leadId),
        inArray(leadClocks.kind, [...ENDING_CLOCKS]),
        isNull(leadClocks.endedOn),
      ),
    )
    .orderBy(asc(leadClocks.id))
    .for("update");
  const ids = clocks.map(({ id }) => id);
  const pauses = await tx
    .select({ id: clockPauses.id })
    .from(clockPauses)
    .where(and(inArray(clockPauses.clockId, ids), isNull(clockPauses.toOn)));
  const assignments = await tx
    .select({ reach: leadAssignments.reach, staffId: leadAssignments.staffId })
    .from(leadAssignments)
    .where(and(eq(leadAssignments.leadId, leadId), isNull(leadAssignments.endedAt)));
  return { clocks: ids, pauses: pauses.map(({ id }) => id), assignments };
}

/**
 * Lets the clocks of a lead that is set apart again run on with the terms they had, and what stood still stands still.
 * Of 受理 and 办理 the days of the merge do not count; those of handling keep the day a subject or a body was given in
 * writing, and what was served, put off or answered during the merge counts. Who worked on it does again, unless they
 * may not any more.
 */
export async function restoreRunning(
  tx: Tx,
  input: {
    readonly merge: { readonly id: string; readonly mergedAt: Date };
    readonly before: MergeRecord;
    readonly leadId: string;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const { merge, before, leadId, at } = input;
  const [fromOn, toOn] = [chinaDay(merge.mergedAt), chinaDay(at)];
  const since = await settledSince(tx, { leadId, before, mergedAt: merge.mergedAt });
  const ids = before.clocks.filter((id) => !since.over.includes(id));
  const clocks =
    ids.length === 0
      ? []
      : await tx.update(leadClocks).set({ endedOn: null }).where(inArray(leadClocks.id, ids)).returning();
  for (const { id: clockId, kind } of clocks) {
    if (fromOn >= toOn || !BOARD_CLOCKS.includes(kind as ClockKind)) continue;
    const id = uuidv7();
    const why = { cause: "other", reason: staffDossierReasons.merged, pausedBy: actor.id };
    await tx.insert(clockPauses).values({ id, clockId, leadId, fromOn, ...why });
    await tx.update(clockPauses).set({ toOn }).where(eq(clockPauses.id, id));
  }
  if (before.pauses.length > 0)
    await tx
      .update(clockPauses)
      .set({ toOn: null })
      .where(
        and(
          inArray(clockPauses.id, before.pauses),
          inArray(
            clockPauses.clockId,
            clocks.map(({ id }) => id),
          ),
        ),
      );
  for (const clock of clocks) await setDueDay(tx, clock);
  for (const start of since.starts) await startClock(tx, { ...start, leadId, at }, actor);
  await tx.execute(sql`select restore_assignments(${merge.id}::uuid, ${at.toISOString()}::timestamptz)`);
}
