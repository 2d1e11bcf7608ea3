import { asc } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { calendarLists } from "~db/schema/clocks";
import { makeCalendar, type BusinessCalendar } from "./business-calendar";
import { SHIPPED_LISTS } from "./holiday-lists";

/**
 * The office's calendar: the lists the portal comes with and those administrators entered, the last of a year counting.
 * `listNo` is the last entered one's number, 0 where there is none.
 */
export async function readCalendar(tx: Tx): Promise<{ calendar: BusinessCalendar; listNo: number }> {
  const entered = await tx
    .select({
      listNo: calendarLists.listNo,
      year: calendarLists.year,
      document: calendarLists.document,
      off: calendarLists.daysOff,
      work: calendarLists.workDays,
    })
    .from(calendarLists)
    .orderBy(asc(calendarLists.listNo));
  return { calendar: makeCalendar([...SHIPPED_LISTS, ...entered]), listNo: entered.at(-1)?.listNo ?? 0 };
}
