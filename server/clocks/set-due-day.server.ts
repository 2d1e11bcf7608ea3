import { asc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { clockPauses, leadClocks } from "~db/schema/clocks";
import type { BusinessCalendar } from "./business-calendar";
import { dueDay, type ClockTerms, type LimitKind } from "./due-day";
import { readCalendar } from "./read-calendar.server";

export type ClockRow = typeof leadClocks.$inferSelect;

/** A clock's terms as stored, its pauses included. */
export async function readTerms(tx: Tx, clock: ClockRow): Promise<ClockTerms> {
  const pauses = await tx
    .select({ fromOn: clockPauses.fromOn, toOn: clockPauses.toOn })
    .from(clockPauses)
    .where(eq(clockPauses.clockId, clock.id))
    .orderBy(asc(clockPauses.fromOn));
  return {
    startedOn: clock.startedOn,
    limitKind: clock.limitKind as LimitKind,
    days: clock.limitDays + clock.extendedDays,
    pauses,
  };
}

/**
 * Counts a clock's deadline anew and keeps it, null while the clock stands still. The caller holds the clock's row, or
 * has just written it.
 */
export async function setDueDay(
  tx: Tx,
  clock: ClockRow,
  known?: { readonly calendar: BusinessCalendar; readonly listNo: number },
): Promise<{ before: string | null; dueOn: string | null }> {
  const { calendar, listNo } = known ?? (await readCalendar(tx));
  const dueOn = dueDay(calendar, await readTerms(tx, clock));
  if (dueOn !== clock.dueOn || listNo !== clock.calendarNo) {
    await tx.update(leadClocks).set({ dueOn, calendarNo: listNo }).where(eq(leadClocks.id, clock.id));
  }
  return { before: clock.dueOn, dueOn };
}
