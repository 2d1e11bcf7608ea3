import { addDays } from "~server/clock";

/** Days as spans of those that follow each other, in order: [first, last] each. */
export function joinDays(days: readonly string[]): [string, string][] {
  const spans: [string, string][] = [];
  for (const day of [...days].sort()) {
    const last = spans.at(-1);
    if (last !== undefined && addDays(last[1], 1) === day) last[1] = day;
    else spans.push([day, day]);
  }
  return spans;
}
