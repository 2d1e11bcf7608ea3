/** The portal's clock: UTC instants, and days as the office in China counts them. Tests set their own. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

export function fixedClock(at: string | Date): Clock & { set(at: string | Date): void } {
  let now = new Date(at);
  return { now: () => now, set: (next) => (now = new Date(next)) };
}

/** One instant for all of an act: what it writes twice, as a time and as a day, agrees across midnight too. */
export function stopClock(clock: Clock): Clock {
  const at = clock.now();
  return { now: () => at };
}

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** The calendar day (`YYYY-MM-DD`) in China (UTC+8, no summer time) at an instant. */
export function chinaDay(at: Date): string {
  return new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

/** The calendar year in China at an instant; the fiscal year is the calendar year (预算法 18). */
export function chinaYear(at: Date): number {
  return Number(chinaDay(at).slice(0, 4));
}

/** `day` moved by whole calendar days. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
