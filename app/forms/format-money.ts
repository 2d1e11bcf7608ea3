import { formatFen } from "./money";

const SIGNS = { CNY: "¥", USD: "US$", KRW: "₩", JPY: "JP¥" } as const;
const WITHOUT_MINOR = new Set(["KRW", "JPY"]);

type Currency = keyof typeof SIGNS;

/**
 * Minor units of a currency (`"a"` or the exact fraction `"a/b"`, cut to a whole unit) as people read them: ¥1,234.50,
 * US$1,234.50, ₩1,234. `exact` is false where a fraction was cut. Throws RangeError on anything else.
 */
export function formatMoney(text: string, currency: Currency): { amount: string; exact: boolean } {
  const match = /^(\d{1,60})(?:\/([1-9]\d{0,59}))?$/.exec(text);
  if (match === null) throw new RangeError("not an amount of minor units");
  const [size, parts] = [BigInt(match[1] ?? "0"), BigInt(match[2] ?? "1")];
  const whole = size / parts;
  const digits = WITHOUT_MINOR.has(currency)
    ? whole.toString().replace(/\B(?=(\d{3})+$)/g, ",")
    : formatFen(whole).slice(1);
  return { amount: `${SIGNS[currency]}${digits}`, exact: size % parts === 0n };
}

/** Whether a currency's amounts have two decimals. */
export function hasMinorUnit(currency: Currency): boolean {
  return !WITHOUT_MINOR.has(currency);
}
