import { and, asc, count, eq, inArray, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { clockPauses, leadClocks } from "~db/schema/clocks";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { addWorkingDays } from "./business-calendar";
import { BOARD_CLOCKS, type ClockKind } from "./clock-kinds";
import { readCalendar } from "./read-calendar.server";
import { setDueDay } from "./set-due-day.server";

/** Why a clock is stopped. `reporter` names the question; `other` says why, in 2 to 300 characters. */
export type PauseInput = {
  readonly leadId: string;
  /** 受理 and 办理 unless told otherwise. */
  readonly kinds?: readonly ClockKind[];
  readonly at: Date;
} & (
  | { readonly cause: "reporter"; readonly messageId: string }
  | { readonly cause: "dispute"; readonly reason?: string }
  | { readonly cause: "other"; readonly reason: string }
);

/**
 * Stops a lead's running clocks from the day after today. A clock that stands still for the same cause already, or has
 * waited for reporters as often as its limit allows, or is overdue when a reporter is asked, goes on as it is. Waiting for a reporter ends by itself after the
 * limit's working days. Says which were stopped; each is recorded on the lead.
 */
export async function pauseClock(tx: Tx, input: PauseInput, actor: Actor): Promise<{ paused: ClockKind[] }> {
  const { leadId, cause, at } = input;
  const fromOn = chinaDay(at);
  const running = await tx
    .select()
    .from(leadClocks)
    .where(
      and(
        eq(leadClocks.leadId, leadId),
        inArray(leadClocks.kind, [...(input.kinds ?? BOARD_CLOCKS)]),
        isNull(leadClocks.endedOn),
      ),
    )
    .orderBy(asc(leadClocks.id))
    .for("update");
  const known = await readCalendar(tx);
  const paused: ClockKind[] = [];
  for (const clock of running) {
    if (await standsStill(tx, clock.id, cause)) continue;
    // A question asked once the days are over must not hide that they are.
    if (cause === "reporter" && clock.dueOn !== null && clock.dueOn < fromOn) continue;
    if (cause === "reporter" && (await waitsSoFar(tx, clock.id)) >= clock.waitTimes) continue;
    const untilOn = cause === "reporter" ? addWorkingDays(known.calendar, fromOn, clock.waitDays) : null;
    const reason = cause === "reporter" ? null : (input.reason ?? null);
    await tx.insert(clockPauses).values({
      id: uuidv7(),
      clockId: clock.id,
      leadId,
      cause,
      reason,
      fromOn,
      untilOn,
      messageId: cause === "reporter" ? input.messageId : null,
      pausedBy: actor.kind === "staff" ? actor.id : null,
    });
    await setDueDay(tx, clock, known);
    const kind = clock.kind as ClockKind;
    await recordEvent(
      tx,
      {
        action: "clock.paused",
        subjectTable: "lead_clocks",
        subjectId: clock.id,
        leadId,
        data: {
          clock: kind,
          cause,
          ...(untilOn === null ? {} : { until: untilOn }),
          ...(reason === null ? {} : { note: reason }),
        },
        at,
      },
      actor,
    );
    paused.push(kind);
  }
  return { paused };
}

async function standsStill(tx: Tx, clockId: string, cause: string): Promise<boolean> {
  const open = await tx
    .select({ id: clockPauses.id })
    .from(clockPauses)
    .where(and(eq(clockPauses.clockId, clockId), eq(clockPauses.cause, cause), isNull(clockPauses.toOn)));
  return open.length > 0;
}

async function waitsSoFar(tx: Tx, clockId: string): Promise<number> {
  const [row] = await tx
    .select({ n: count() })
    .from(clockPauses)
    .where(and(eq(clockPauses.clockId, clockId), eq(clockPauses.cause, "reporter")));
  return row?.n ?? 0;
}
