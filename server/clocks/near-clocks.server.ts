import { sql, type SQL } from "drizzle-orm";
import type { BusinessCalendar } from "./business-calendar";
import { lastDayNear } from "./due-day";
import { NEAR_AT_MOST, NEAR_DAYS } from "./near-days";

/**
 * The last day (a date) a deadline may fall on to be near today, by the days of its limit: `nearDays` asked of the
 * database. Null days: the limit is not known.
 */
export function lastNearDay(calendar: BusinessCalendar, today: string, limitDays: SQL): SQL {
  const days = Array.from({ length: NEAR_AT_MOST }, (_, n) => lastDayNear(calendar, n + 1, today));
  const near = sql`least(${NEAR_AT_MOST}::int, greatest(1, round(coalesce(${limitDays}, ${NEAR_DAYS * 5}::int) / 5.0)::int))`;
  return sql`(${sql.param(days)}::date[])[${near}]`;
}
