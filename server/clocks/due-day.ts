import { daysUntil } from "~/i18n/format-date";
import { addDays } from "~server/clock";
import { addWorkingDays, rollForward, workingDaysBetween, type BusinessCalendar } from "./business-calendar";
import { nearDays } from "./near-days";

export type LimitKind = "working" | "calendar";

/** The days after `fromOn` up to and with `toOn` stand still; `toOn` null: it still stands. Both YYYY-MM-DD. */
export type PauseDays = { readonly fromOn: string; readonly toOn: string | null };

/** All that says when a clock ends. */
export type ClockTerms = {
  readonly startedOn: string;
  readonly limitKind: LimitKind;
  /** The limit and what it was extended by, of one kind, ≥ 1. */
  readonly days: number;
  readonly pauses: readonly PauseDays[];
};

/**
 * The day a clock ends (YYYY-MM-DD): the day it began is not counted (民法典 第二百零一条), days of a pause are not, and
 * of calendar days the last one moves to a working day (第二百零三条). null while it stands still.
 */
export function dueDay(calendar: BusinessCalendar, terms: ClockTerms): string | null {
  if (terms.pauses.some(({ toOn }) => toOn === null)) return null;
  let at = terms.startedOn;
  for (let left = terms.days; left > 0;) {
    at = addDays(at, 1);
    if (counts(calendar, terms, at)) left -= 1;
  }
  return terms.limitKind === "working" ? at : rollForward(calendar, at);
}

/** Days of its limit that are left after `today`; 0 when it has run out. Of what stands still, what will be left. */
export function daysLeft(calendar: BusinessCalendar, terms: ClockTerms, today: string): number {
  let used = 0;
  for (let at = terms.startedOn; at < today && used < terms.days;) {
    at = addDays(at, 1);
    if (counts(calendar, terms, at)) used += 1;
  }
  return terms.days - used;
}

/** How far a deadline is away, in days of its limit's kind; negative once it has passed. `near` as `nearDays` says. */
export type DaysToGo = { readonly days: number; readonly unit: LimitKind; readonly near: boolean };

/** From today (YYYY-MM-DD) to a deadline: working days where the limit is in working days, else days of the calendar. */
export function daysToGo(
  calendar: BusinessCalendar,
  clock: { readonly dueOn: string; readonly limitKind: LimitKind; readonly limitDays: number },
  today: string,
): DaysToGo {
  const unit = clock.limitKind;
  const near = today <= clock.dueOn && clock.dueOn <= lastDayNear(calendar, nearDays(clock.limitDays), today);
  return {
    ...{ unit, near },
    days: unit === "working" ? workingDaysTo(calendar, today, clock.dueOn) : daysUntil(today, clock.dueOn),
  };
}

/** The last day a deadline may fall on to be no more than so many working days away. */
export function lastDayNear(calendar: BusinessCalendar, days: number, today: string): string {
  // Days off after the last working day are no day further away.
  return addDays(addWorkingDays(calendar, today, days + 1), -1);
}

function counts(calendar: BusinessCalendar, terms: ClockTerms, day: string): boolean {
  if (terms.limitKind === "working" && !calendar.isWorkingDay(day)) return false;
  return !terms.pauses.some(({ fromOn, toOn }) => fromOn < day && (toOn === null || day <= toOn));
}

/** Working days from today to a deadline: negative once it has passed. */
export function workingDaysTo(calendar: BusinessCalendar, today: string, due: string): number {
  return workingDaysBetween(calendar, today, due);
}
