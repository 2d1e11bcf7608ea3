import { addDays } from "~server/clock";

/** A year's official list: days off (放假) and make-up working days (调休上班), with the notice they stand in. */
export type YearList = {
  readonly year: number;
  /** The notice's number, e.g. 国办发明电〔2025〕7号. */
  readonly document: string;
  /** YYYY-MM-DD. */
  readonly off: readonly string[];
  readonly work: readonly string[];
};

/** Which days the office works. Days are YYYY-MM-DD in China. */
export type BusinessCalendar = {
  readonly isWorkingDay: (day: string) => boolean;
  /** Years without a published list count Monday to Friday and are provisional. */
  readonly isPublished: (year: number) => boolean;
};

/** Of several lists of one year the last counts: a correction supersedes what it corrects. */
export function makeCalendar(lists: readonly YearList[]): BusinessCalendar {
  const byYear = new Map(lists.map((list) => [list.year, list]));
  const marks = new Map<string, boolean>();
  for (const list of byYear.values()) {
    for (const day of list.off) marks.set(day, false);
    for (const day of list.work) marks.set(day, true);
  }
  return {
    isWorkingDay: (day) => marks.get(day) ?? isWeekday(day),
    isPublished: (year) => byYear.has(year),
  };
}

function isWeekday(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/**
 * The `count`-th working day after `day`, which is not counted itself (民法典 第二百零一条); before it where `count` is
 * negative; `day` itself for 0, whether the office works then or not.
 */
export function addWorkingDays(calendar: BusinessCalendar, day: string, count: number): string {
  const step = count < 0 ? -1 : 1;
  let at = day;
  for (let left = Math.abs(count); left > 0;) {
    at = addDays(at, step);
    if (calendar.isWorkingDay(at)) left -= 1;
  }
  return at;
}

/** Working days after `from` up to and with `to`; negative, from the other side, where `to` is earlier. */
export function workingDaysBetween(calendar: BusinessCalendar, from: string, to: string): number {
  if (to < from) return -workingDaysBetween(calendar, to, from) || 0;
  let days = 0;
  for (let at = from; at < to;) {
    at = addDays(at, 1);
    if (calendar.isWorkingDay(at)) days += 1;
  }
  return days;
}

/** `day`, or the first working day after it: a period that ends on a day off ends with the next working day (民法典 第二百零三条). */
export function rollForward(calendar: BusinessCalendar, day: string): string {
  let at = day;
  while (!calendar.isWorkingDay(at)) at = addDays(at, 1);
  return at;
}
