import { addDays, chinaDay, type Clock } from "~server/clock";

/** The moment a thing of the story happened: so many whole days before today, in office hours in China, by turn. */
export function momentOf(today: string, daysAgo: number, turn: number): Date {
  const minutes = 9 * 60 + (turn % 500);
  return new Date(Date.parse(`${addDays(today, -daysAgo)}T00:00:00+08:00`) + minutes * 60_000);
}

export function todayOf(clock: Clock): string {
  return chinaDay(clock.now());
}
