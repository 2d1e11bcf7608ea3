/** How far ahead a bank may be asked to pay: later than that is a slip of the pen, and money set aside for nothing. */
export const EXECUTE_DAYS = 90;

/** The last day (`YYYY-MM-DD`) a payment file written today may ask for. */
export function lastExecuteDay(today: string): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + EXECUTE_DAYS * 86_400_000).toISOString().slice(0, 10);
}

/** Whether a payment file written today may ask the bank to pay on `day`, a day of the calendar. */
export function mayExecuteOn(day: string, today: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && day >= today && day <= lastExecuteDay(today);
}
