import { cleanText } from "./clean-text";

const CHINESE = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
const ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const FORMAL = ["〇", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖", "拾"];

/** A number from 0 to 99 in digits, full-width ones too, or from 0 to 10 in words; null for anything else. */
export function readSmallNumber(typed: string): number | null {
  const text = String(cleanText(typed))
    .toLowerCase()
    .replace(/\s/g, "")
    .replace(/[。.,，!！]+$/, "")
    .replace(/^(等于|是|=)/, "")
    .replace(/两/g, "二");
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const at = Math.max(CHINESE.indexOf(text), ENGLISH.indexOf(text), FORMAL.indexOf(text));
  return at === -1 ? null : at;
}
