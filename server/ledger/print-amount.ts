/** Currencies without a minor unit; all others have two decimals here. */
const WHOLE: ReadonlySet<string> = new Set(["KRW", "JPY"]);

/** Minor units as an exact decimal of the main unit: `-1234567` of CNY is `-12345.67`. */
export function printDecimal(minor: string, currency: string): string {
  if (WHOLE.has(currency)) return minor;
  const negative = minor.startsWith("-");
  const digits = (negative ? minor.slice(1) : minor).padStart(3, "0");
  return `${negative ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
