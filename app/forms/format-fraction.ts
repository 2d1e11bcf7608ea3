import { formatFen } from "./money";

/** Decimal places of 元 shown of an amount that does not end at the 分. */
const PLACES = 6n;

/**
 * A step's amount (分 as `"a"` or the exact fraction `"a/b"`) in 元. `exact` is false where the decimals go on beyond
 * the sixth place; what is shown is then cut off, not rounded. Throws RangeError on anything else.
 */
export function formatFraction(text: string): { amount: string; exact: boolean } {
  const match = /^(\d{1,60})(?:\/([1-9]\d{0,59}))?$/.exec(text);
  if (match === null) throw new RangeError("not an amount of 分");
  const size = BigInt(match[1] ?? "0");
  const parts = BigInt(match[2] ?? "1");
  const scaled = size * 10n ** (PLACES - 2n);
  const whole = size / parts;
  const rest = (scaled / parts - whole * 10n ** (PLACES - 2n)).toString().padStart(Number(PLACES) - 2, "0");
  return { amount: `${formatFen(whole)}${rest.replace(/0+$/, "")}`, exact: scaled % parts === 0n };
}
