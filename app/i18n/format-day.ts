import type { Locale } from "./locale";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** A calendar day (`YYYY-MM-DD`) as people write it: 2026年11月21日, 21 November 2026. */
export function formatDay(day: string, locale: Locale): string {
  const [year, month, date] = day.split("-").map(Number);
  return locale === "en" ? `${date} ${MONTHS[(month ?? 1) - 1]} ${year}` : `${year}年${month}月${date}日`;
}
