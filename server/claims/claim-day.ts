import { addDays } from "~server/clock";
import { addWorkingDays, rollForward, type BusinessCalendar } from "~server/clocks/business-calendar";
import type { Scheme } from "~server/rewards/scheme-grammar";

/**
 * The last day to accept an award (YYYY-MM-DD), or null where the scheme sets no window or lets nothing lapse. The day
 * of the notice is not counted (民法典 第二百零一条); a month ends on the same date, or on the month's last day (第二百零二条);
 * days and months that end on a day off end with the next working day (第二百零三条).
 */
export function claimDay(
  calendar: BusinessCalendar,
  toldOn: string,
  claim: Pick<Scheme["claim"], "window" | "lapses">,
): string | null {
  const { window, lapses } = claim;
  if (window === null || !lapses) return null;
  if (window.unit === "workingDay") return addWorkingDays(calendar, toldOn, window.count);
  const end = window.unit === "day" ? addDays(toldOn, window.count) : addMonths(toldOn, window.count);
  return rollForward(calendar, end);
}

function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}
