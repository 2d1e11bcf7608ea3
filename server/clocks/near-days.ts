/** Working days before its end from which a deadline is near, at most. */
export const NEAR_AT_MOST = 5;
/** Of a deadline whose limit is not known. */
export const NEAR_DAYS = 3;

/**
 * Working days before its end from which a deadline is near, on a card, in the board's filter and by mail: a fifth of the
 * limit, rounded, between one and five. A setting of this office: no plan gives a number. Three days of a limit of five
 * would be near from nearly the start and remind nobody; of one of sixty they come too late to write a decision. Working
 * days also where the limit is in calendar days: what is left to do is done on these. `limitDays` as the clock started,
 * without what it was extended by.
 */
export function nearDays(limitDays: number): number {
  return Math.min(NEAR_AT_MOST, Math.max(1, Math.round(limitDays / 5)));
}
