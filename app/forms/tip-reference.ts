const DIGITS = 12;

/**
 * How a tip is quoted in a formal request to the identity custodians, who see no leads: the first 12 of its id's 32
 * hexadecimal digits, in groups of four (`3F2A-91BC-04DE`). 48 bits: among a million tips two alike are not to be
 * expected, and if they were, the custodian is told.
 */
export function tipReference(tipId: string): string {
  const digits = tipId.replaceAll("-", "").slice(0, DIGITS).toUpperCase();
  return digits.match(/.{1,4}/g)?.join("-") ?? "";
}

/**
 * The tip ids a typed reference may stand for, as the first and the last of them; full-width forms, spaces and dashes
 * of any kind are taken. null when it is not 12 digits or a whole id of 32.
 */
export function readTipReference(typed: string): { readonly first: string; readonly last: string } | null {
  const digits = typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{Pd}]+/gu, "");
  if (!/^(?:[0-9a-f]{12}|[0-9a-f]{32})$/.test(digits)) return null;
  return { first: asUuid(digits.padEnd(32, "0")), last: asUuid(digits.padEnd(32, "f")) };
}

function asUuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
