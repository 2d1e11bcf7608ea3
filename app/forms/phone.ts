import parsePhoneNumber from "libphonenumber-js/min";

/** Mobile; area code without its 0 and 7 or 8 digits; 400 and 800. */
const CHINESE = /^(?:1[3-9]\d{9}|(?:10|2\d|[3-9]\d{2})\d{7,8}|[48]00\d{7})$/;

/**
 * A telephone number, mobile or fixed, in its international form (`+8613800000000`); numbers without a country code
 * are read as Chinese. Null for anything else.
 */
export function readPhone(typed: string): string | null {
  const text = typed.normalize("NFKC").replace(/[\s()\p{Pd}]/gu, "");
  if (!/^\+?\d{7,15}(?:(?:转|ext\.?|#)\d{1,6})?$/i.test(text)) return null;
  // The library knows `ext` and `#`; 转 is what is printed here.
  const number = parsePhoneNumber(text.replace("转", "#"), "CN");
  if (number?.isValid() !== true) return null;
  // The small table of numbers lets through Chinese ones of a wrong length.
  return number.countryCallingCode !== "86" || CHINESE.test(number.nationalNumber) ? number.number : null;
}

/** A Chinese mobile number with a digit too few or too many. */
export function mobileLength(typed: string): boolean {
  const digits = typed.normalize("NFKC").replace(/[\s()\p{Pd}]/gu, "");
  return /^1[3-9]\d{8}$|^1[3-9]\d{10}$/.test(digits);
}
