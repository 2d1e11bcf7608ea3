const CHINESE = "〇一二三四五六七八九";
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A month or a year as a person writes it, as `2024-05` or `2024`: `2024.5`, `2024年5月`, `202405`, `2024-05-12` (the
 * day is dropped), `二〇二四年五月`, `May 2024`, `05/2024`. "" stays ""; null when it is none, or not from 1990 to 2100.
 */
export function normaliseYearMonth(value: string): string | null {
  const text = value
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/(?:左右|前后|开始|起)$/, "");
  if (text === "") return "";
  const read = yearFirst(arabic(text)) ?? yearLast(text);
  if (read === null) return null;
  const [year, month] = read;
  if (year < 1990 || year > 2100 || (month !== null && (month < 1 || month > 12))) return null;
  return month === null ? String(year) : `${String(year)}-${String(month).padStart(2, "0")}`;
}

function yearFirst(text: string): [number, number | null] | null {
  const match =
    /^(\d{4})(?:\s*[-./年]?\s*(\d{2})|\s*[-./年]\s*(\d{1,2}))?(?:\s*月份?|\s*[-./月]\s*\d{1,2}\s*[日号]?)?\s*年?$/.exec(
      text,
    );
  if (match === null) return null;
  const month = match[2] ?? match[3];
  return [Number(match[1]), month === undefined ? null : Number(month)];
}

function yearLast(text: string): [number, number | null] | null {
  const digits = /^(\d{1,2})\s*[-./]\s*(\d{4})$/.exec(text);
  if (digits !== null) return [Number(digits[2]), Number(digits[1])];
  const named = /^([a-z]{3})[a-z]*\.?,?\s+(\d{4})$/.exec(text);
  const month = MONTHS.indexOf(named?.[1] ?? "");
  return month === -1 ? null : [Number(named?.[2]), month + 1];
}

/** 二〇二四年十二月 → 2024年12月. */
function arabic(text: string): string {
  return text
    .replaceAll("零", "〇")
    .replaceAll("○", "〇")
    .replace(/十([一二])(?=月)/g, (_, last: string) => `1${String(CHINESE.indexOf(last))}`)
    .replace(/十(?=月)/g, "10")
    .replace(/[〇一二三四五六七八九]/g, (sign) => String(CHINESE.indexOf(sign)));
}
