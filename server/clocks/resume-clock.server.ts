import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { clockPauses, leadClocks } from "~db/schema/clocks";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { BOARD_CLOCKS, type ClockKind, type PauseCause } from "./clock-kinds";
import { setDueDay } from "./set-due-day.server";

/**
 * Lets a lead's clocks run on that stood still for a cause; days of the pause do not count, the next day does. Each is
 * recorded on the lead with its new deadline. A clock that also stands still for another cause stays so.
 */
export async function resumeClock(
  tx: Tx,
  input: {
    readonly leadId: string;
    readonly kinds?: readonly ClockKind[];
    readonly cause: PauseCause;
    readonly at: Date;
  },
  actor: Actor,
): Promise<{ resumed: ClockKind[] }> {
  const waiting = await tx
    .select({ id: clockPauses.id, clockId: clockPauses.clockId })
    .from(clockPauses)
    .innerJoin(leadClocks, eq(leadClocks.id, clockPauses.clockId))
    .where(
      and(
        eq(clockPauses.leadId, input.leadId),
        eq(clockPauses.cause, input.cause),
        isNull(clockPauses.toOn),
        isNull(leadClocks.endedOn),
        inArray(leadClocks.kind, [...(input.kinds ?? BOARD_CLOCKS)]),
      ),
    )
    .orderBy(asc(clockPauses.clockId));
  const resumed: ClockKind[] = [];
  for (const pause of waiting) {
    const kind = await endPause(
      tx,
      { ...pause, on: chinaDay(input.at), at: input.at, dayOnly: false },
      actor,
    );
    if (kind !== null) resumed.push(kind);
  }
  return { resumed };
}

/**
 * Ends one pause on a day and counts its clock anew. null where somebody ended it, or the clock, before. `dayOnly`: a
 * reporter's answer ended it, and the trail keeps the day alone.
 */
export async function endPause(
  tx: Tx,
  pause: {
    readonly id: string;
    readonly clockId: string;
    readonly on: string;
    readonly at: Date;
    readonly dayOnly: boolean;
  },
  actor: Actor,
): Promise<ClockKind | null> {
  const [clock] = await tx
    .select()
    .from(leadClocks)
    .where(and(eq(leadClocks.id, pause.clockId), isNull(leadClocks.endedOn)))
    .for("update");
  if (clock === undefined) return null;
  const ended = await tx
    .update(clockPauses)
    .set({ toOn: pause.on })
    .where(and(eq(clockPauses.id, pause.id), isNull(clockPauses.toOn)))
    .returning({ cause: clockPauses.cause });
  if (ended[0] === undefined) return null;
  const { dueOn } = await setDueDay(tx, clock);
  await recordEvent(
    tx,
    {
      action: "clock.resumed",
      subjectTable: "lead_clocks",
      subjectId: clock.id,
      leadId: clock.leadId,
      data: { clock: clock.kind, cause: ended[0].cause, ...(dueOn === null ? {} : { due: dueOn }) },
      at: pause.at,
      dayOnly: pause.dayOnly,
    },
    actor,
  );
  return clock.kind as ClockKind;
}
