/** Amounts above this are no sum of money anybody reports or pays; the ledger's column ends near it. */
const largestFen = 10n ** 18n;

const multiples: Record<string, bigint> = { "": 1n, 万: 10_000n, 亿: 100_000_000n };

/**
 * 分 as `¥1,234,567.89`, a minus sign before the ¥. Takes the bigint or its decimal string.
 * Throws RangeError on a string that is not a whole number.
 */
export function formatFen(fen: bigint | string): string {
  if (typeof fen === "string" && !/^-?\d{1,40}$/.test(fen)) throw new RangeError("not a whole number of 分");
  const amount = BigInt(fen);
  const size = amount < 0n ? -amount : amount;
  const yuan = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "-" : ""}¥${yuan}.${(size % 100n).toString().padStart(2, "0")}`;
}

/** Full-width digits and signs (１２３．４５，￥) as the ASCII ones; an input method leaves them in a form. */
function toHalfWidth(text: string): string {
  return text
    .replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/￥/g, "¥");
}

/**
 * 元 as a person writes them, in 分, exactly: `1234.5`, `¥1,234.50`, `１．２万元`, `3亿`. Null for anything
 * else: a sign, commas that do not group by three, a fraction of one 分 (never rounded away), or more
 * than 10^18 分.
 */
export function parseYuanToFen(text: string): bigint | null {
  const plain = toHalfWidth(text).replace(/[\s\u3000]+/g, "");
  const match = /^(?:¥|人民币)?(\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.(\d{1,30}))?([万亿]?)元?整?$/.exec(plain);
  if (!match) return null;
  const places = (match[2] ?? "").replace(/0+$/, "");
  const digits = BigInt(`${(match[1] ?? "").replaceAll(",", "")}${places}`);
  const scaled = digits * 100n * (multiples[match[3] ?? ""] ?? 1n);
  const scale = 10n ** BigInt(places.length);
  if (scaled % scale !== 0n || scaled / scale > largestFen) return null;
  return scaled / scale;
}
