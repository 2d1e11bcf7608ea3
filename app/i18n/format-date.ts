const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** `2026-11-21` → `2026年11月21日`; a year-month or a year alone likewise. */
export function formatDay(day: string): string {
  const [year, month, date] = day.split("-");
  return `${year ?? ""}年${month === undefined ? "" : `${Number(month)}月`}${date === undefined ? "" : `${Number(date)}日`}`;
}

/** An instant as the office's clocks show it (UTC+8): `2026年11月21日 14:05`. The same on server and browser. */
export function formatInstant(at: Date): string {
  const local = new Date(at.getTime() + CHINA_OFFSET_MS).toISOString();
  return `${formatDay(local.slice(0, 10))} ${local.slice(11, 16)}`;
}

/** Whole calendar days from `today` to `day` (both YYYY-MM-DD); negative when past. */
export function daysUntil(today: string, day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
}
