/** A calendar month in China, `YYYY-MM`, with its first day and the first day of the next: the books' dates are days. */
export type Month = {
  readonly text: string;
  readonly year: number;
  readonly month: number;
  readonly from: string;
  readonly before: string;
};

/** null for what is no month between 2000 and 2199. */
export function parseMonth(text: string): Month | null {
  const found = /^(2[01]\d{2})-(0[1-9]|1[0-2])$/.exec(text);
  if (found === null) return null;
  const [year, month] = [Number(found[1]), Number(found[2])];
  const next =
    month === 12 ? `${String(year + 1)}-01` : `${String(year)}-${String(month + 1).padStart(2, "0")}`;
  return { text, year, month, from: `${text}-01`, before: `${next}-01` };
}
