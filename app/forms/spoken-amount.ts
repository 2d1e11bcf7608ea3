import { parseYuanToFen } from "./money";

/** Fractions are kept to this many places while a sum is put together; a result finer than 分 is refused. */
const SCALE = 10n ** 12n;
const LARGEST_FEN = 10n ** 18n;

const DIGITS: Readonly<Record<string, bigint>> = {
  ...{
    〇: 0n,
    零: 0n,
    一: 1n,
    壹: 1n,
    二: 2n,
    贰: 2n,
    两: 2n,
    三: 3n,
    叁: 3n,
    四: 4n,
    肆: 4n,
    五: 5n,
    伍: 5n,
  },
  ...{ 六: 6n, 陆: 6n, 七: 7n, 柒: 7n, 八: 8n, 捌: 8n, 九: 9n, 玖: 9n },
};

/** Largest first: what stands before a unit is counted in it, what stands behind is added. */
const UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/亿/, 100_000_000n],
  [/[万萬w]/, 10_000n],
  [/[千仟]/, 1_000n],
  [/[百佰]/, 100n],
  [/[十拾]/, 10n],
];

const ENGLISH: readonly (readonly [RegExp, bigint])[] = [
  [/(?:billion|bn)$/, 1_000_000_000n],
  [/(?:million|mn|m)$/, 1_000_000n],
  [/(?:thousand|k)$/, 1_000n],
];

/**
 * A sum as a person says it, in 分: what `parseYuanToFen` reads, and `3千万`, `12万5`, `1亿2000万`, `三百五十万`,
 * `约30万元`, `20多万`, `5w`, `1.5 million`. “多” and “余” are dropped, so the sum is the least it was. Null for
 * anything else, also for a sum finer than one 分 or above 10^18 分.
 */
export function readSpokenFen(text: string): bigint | null {
  const plain = plainNumber(
    text,
    /(?:元|块|圆)?(?:钱)?(?:人民币)?(?:整|左右|上下)?$/,
    /^(?:¥|人民币|rmb|cny)/,
  );
  const exact = parseYuanToFen(plain);
  if (exact !== null) return exact;
  const scaled = readNumber(plain);
  if (scaled === null || (scaled * 100n) % SCALE !== 0n) return null;
  const fen = (scaled * 100n) / SCALE;
  return fen > LARGEST_FEN ? null : fen;
}

/** A whole number as a person says it, from 1 to a billion: `35`, `三百多人`, `1.2万`; null for anything else. */
export function readSpokenCount(text: string): number | null {
  const scaled = readNumber(
    plainNumber(text, /(?:个人|人|个|名|位|户|people|persons)?(?:左右|上下)?$/, /^$/),
  );
  if (scaled === null || scaled % SCALE !== 0n) return null;
  const count = scaled / SCALE;
  return count >= 1n && count <= 1_000_000_000n ? Number(count) : null;
}

function plainNumber(text: string, tail: RegExp, head: RegExp): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\u3000]+/g, "")
    .replace(/￥/g, "¥")
    .replace(/^(?:大约|大概|差不多|至少|将近|超过|约|近)/, "")
    .replace(head, "")
    .replace(tail, "")
    .replace(/(?<=[十拾百佰千仟万萬亿\d])[多余来](?=[万萬亿]?$)/, "");
}

/** Scaled by SCALE; null when it is no number. */
function readNumber(text: string): bigint | null {
  for (const [word, size] of ENGLISH) {
    if (!word.test(text)) continue;
    const before = readDecimal(text.replace(word, ""));
    return before === null ? null : before * size;
  }
  return readIn(text, 0);
}

function readIn(text: string, from: number): bigint | null {
  for (const [at, [sign, size]] of UNITS.entries()) {
    if (at < from) continue;
    // The last 亿 or 万 binds loosest (一万亿); within 千, 百 and 十 each comes once.
    const where = lastIndex(text, sign);
    if (where === -1) continue;
    const [before, after] = [text.slice(0, where), text.slice(where + 1)];
    const left = before === "" && size === 10n ? SCALE : readLeft(before, size);
    const right = readRest(after, size, at + 1);
    return left === null || right === null || left === 0n ? null : left * size + right;
  }
  return readDecimal(text) ?? readDigits(text);
}

/** 万 and 亿 count any number; 千, 百 and 十 count digits. */
function readLeft(text: string, size: bigint): bigint | null {
  return size >= 10_000n ? readIn(text, 0) : (readDecimal(text) ?? readDigits(text));
}

/** What follows a unit: nothing, a smaller number, or one digit that counts tenths of it (12万5, 三百五). */
function readRest(text: string, size: bigint, from: number): bigint | null {
  if (text === "") return 0n;
  const bare = text.replace(/^[零〇]+/, "");
  const digit = /^[\d一二两三四五六七八九]$/.test(bare) ? readDigits(bare) : null;
  if (digit !== null) return bare === text ? (digit * size) / 10n : digit;
  const rest = readIn(bare, from);
  // 三百千 is no number: what follows a unit is smaller than it.
  return rest === null || rest >= size * SCALE ? null : rest;
}

function readDecimal(text: string): bigint | null {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) return null;
  const places = match[2] ?? "";
  return (BigInt(`${(match[1] ?? "").replaceAll(",", "")}${places}`) * SCALE) / 10n ** BigInt(places.length);
}

/** One digit in Chinese (三) or several said one by one (二〇二五). */
function readDigits(text: string): bigint | null {
  if (/^\d$/.test(text)) return BigInt(text) * SCALE;
  if (text === "" || text.length > 12) return null;
  let value = 0n;
  for (const sign of text) {
    const digit = DIGITS[sign];
    if (digit === undefined) return null;
    value = value * 10n + digit;
  }
  return value * SCALE;
}

function lastIndex(text: string, sign: RegExp): number {
  return [...text].findLastIndex((one) => sign.test(one));
}
