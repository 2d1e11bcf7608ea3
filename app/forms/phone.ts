import parsePhoneNumber from "libphonenumber-js/min";

/**
 * A telephone number, mobile or fixed, in its international form (`+8613800000000`); numbers without a country code
 * are read as Chinese. Null for anything else.
 */
export function readPhone(typed: string): string | null {
  const text = typed.normalize("NFKC").replace(/[\s()\p{Pd}]/gu, "");
  if (!/^\+?\d{7,15}(?:(?:转|ext\.?|#)\d{1,6})?$/i.test(text)) return null;
  const number = parsePhoneNumber(text, "CN");
  return number?.isValid() === true ? number.number : null;
}

/** A Chinese mobile number with a digit too few or too many. */
export function mobileLength(typed: string): boolean {
  const digits = typed.normalize("NFKC").replace(/[\s()\p{Pd}]/gu, "");
  return /^1[3-9]\d{8}$|^1[3-9]\d{10}$/.test(digits);
}
