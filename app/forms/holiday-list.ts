import { z } from "zod";
import { cleanText } from "./clean-text";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST = 60;

/** Every day of one line: a day, or `from 至 to`; null where it is neither or no such day exists. */
function daysOfLine(line: string): string[] | null {
  const [from = "", to = from, ...more] = line.split(/\s*(?:至|到|~)\s*/);
  if (more.length > 0 || !exists(from) || !exists(to) || to < from) return null;
  const days: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
    if (days.length > LONGEST) return null;
  }
  return days;
}

function exists(day: string): boolean {
  const at = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === day;
}

function daysOf(typed: string): string[] | null {
  const lines = typed.split("\n").flatMap((line) => line.trim() || []);
  const days = lines.map(daysOfLine);
  return days.includes(null) ? null : [...new Set(days.flatMap((one) => one ?? []))].sort();
}

function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

const typed = z.preprocess((value) => String(cleanText(value ?? "")), z.string().max(5000, "tooLong"));

/**
 * A year's holidays and make-up working days as an administrator types them off the State Council's notice: days a line.
 * The form of dates is the notice's own (YYYY-MM-DD); make-up days fall on weekends and on no holiday.
 */
export const holidayListSchema = z
  .object({
    year: z.preprocess(
      cleanText,
      z
        .string("holidayYear")
        .regex(/^20[2-9]\d$/, "holidayYear")
        .transform(Number),
    ),
    document: z.preprocess(
      cleanText,
      z.string("holidayDocument").min(4, "holidayDocument").max(100, "holidayDocument"),
    ),
    off: typed,
    work: typed,
  })
  .transform(({ year, document, ...lines }, context) => {
    const [off, work] = [daysOf(lines.off), daysOf(lines.work)];
    const within = (day: string) => day.startsWith(`${year}-`);
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (off === null || off.length === 0 || off.length > LONGEST || !off.every(within))
      wrong("off", "holidayOff");
    if (
      work === null ||
      work.length > 30 ||
      !work.every((day) => within(day) && isWeekend(day) && !(off ?? []).includes(day))
    )
      wrong("work", "holidayWork");
    return { year, document, off: off ?? [], work: work ?? [] };
  });
