/**
 * 公民身份号码. Source: GB 11643-1999 (18 characters: division, birth date, sequence, check character by
 * ISO 7064 MOD 11-2). Only its form is judged, never who it belongs to.
 */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = "10X98765432";

export type IdFault =
  /** The first generation's number, not valid since 2013. */
  "idOld" | "idLength" | "idBirth" | "idWrong";

/** As the standard writes it: half-width, upper case, without spaces and dashes. */
export function cleanIdNumber(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/[\s\p{Pd}]/gu, "")
    .toUpperCase();
}

/** The 18th character for the first 17 digits, or null when those are not 17 digits. */
export function idCheckCharacter(body: string): string | null {
  if (!/^\d{17}$/.test(body)) return null;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return CHECK.charAt(sum % 11);
}

/** What is wrong with a cleaned number, or null. `today` is YYYY-MM-DD. */
export function idNumberFault(number: string, today: string): IdFault | null {
  if (/^\d{15}$/.test(number)) return "idOld";
  if (!/^\d{17}[\dX]$/.test(number)) return "idLength";
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)];
  const birth = `${year}-${month}-${day}`;
  const date = new Date(`${birth}T00:00:00Z`);
  const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(birth);
  if (!real || birth > today || Number(year) < 1880) return "idBirth";
  return idCheckCharacter(number.slice(0, 17)) === number[17] ? null : "idWrong";
}
