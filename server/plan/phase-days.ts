import { addDays } from "~server/clock";
import type { Pack } from "~server/packs/grammar";

export type PlanDate = Pack["dates"][number];

/** The last day of what a plan names: a day, or the last one of a month or a year. YYYY-MM-DD. */
export function lastDayOf(due: string): string {
  const [year = "", month, day] = due.split("-");
  if (day !== undefined) return due;
  const next = month === undefined || month === "12" ? `${Number(year) + 1}-01` : nextMonth(year, month);
  return addDays(`${next}-01`, -1);
}

function nextMonth(year: string, month: string): string {
  return `${year}-${String(Number(month) + 1).padStart(2, "0")}`;
}

/** A plan's day some years on; the 29th of February becomes the 28th where the year has none. */
export function shiftYears(due: string, years: number): string {
  const [year = "", month = "", day = ""] = lastDayOf(due).split("-");
  const shifted = String(Number(year) + years).padStart(4, "0");
  return month === "02" && day === "29" ? lastDayOf(`${shifted}-02`) : `${shifted}-${month}-${day}`;
}
