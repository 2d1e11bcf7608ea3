import { asc, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { calendarLists } from "~db/schema/clocks";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { SHIPPED_LISTS } from "./holiday-lists";

export type CalendarYear = {
  readonly year: number;
  readonly document: string;
  readonly off: readonly string[];
  readonly work: readonly string[];
  /** null: it came with the portal. */
  readonly entered: { readonly person: string; readonly at: Date } | null;
};

/** The years the calendar knows, newest first, each by its last list; and the years ahead it does not know yet. */
export async function listCalendarYears(
  db: Database,
  at: Date,
  actor: StaffActor,
): Promise<{ years: CalendarYear[]; missing: number[] }> {
  const rows = await withActor(db, actor, (tx) =>
    tx
      .select({ row: calendarLists, person: staff.displayName })
      .from(calendarLists)
      .innerJoin(staff, eq(staff.id, calendarLists.enteredBy))
      .orderBy(asc(calendarLists.listNo)),
  );
  const known = new Map<number, CalendarYear>(
    SHIPPED_LISTS.map((list) => [list.year, { ...list, entered: null }]),
  );
  for (const { row, person } of rows)
    known.set(row.year, {
      year: row.year,
      document: row.document,
      off: row.daysOff,
      work: row.workDays,
      entered: { person, at: row.enteredAt },
    });
  const thisYear = Number(chinaDay(at).slice(0, 4));
  return {
    years: [...known.values()].sort((a, b) => b.year - a.year),
    missing: [thisYear, thisYear + 1].filter((year) => !known.has(year)),
  };
}
