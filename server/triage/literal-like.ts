/** Text as LIKE finds it literally: its own wildcards escaped. */
export function literalLike(text: string): string {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}
