/**
 * 统一社会信用代码, the 18-character code of a legal person or other organisation.
 * Source: GB 32100-2015 (alphabet: table 1; weights 3^(i-1) mod 31: table 2; check character: annex A).
 */

/** I, O, S, V and Z are left out because they are read as digits or as one another. */
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const SHAPE = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;
const BODY_LENGTH = 17;

/** What a person typed, as the standard writes it: half-width, upper case, without spaces and dashes. */
export function cleanUscc(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/[\s\p{Pd}\u2212]/gu, "")
    .toUpperCase();
}

/**
 * The 18th character for the first 17, or null when those are not 17 characters of the alphabet.
 * Only the arithmetic is checked, not whether an authority or a division of that number exists.
 */
export function usccCheckCharacter(body: string): string | null {
  if (body.length !== BODY_LENGTH) return null;
  let sum = 0;
  let weight = 1;
  for (const character of body) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/**
 * True for a well-formed code whose last character agrees with the rest. It takes the code as the standard
 * writes it: pass typed text through cleanUscc first.
 */
export function isValidUscc(code: string): boolean {
  return SHAPE.test(code) && usccCheckCharacter(code.slice(0, BODY_LENGTH)) === code.charAt(BODY_LENGTH);
}
