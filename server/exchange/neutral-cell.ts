/**
 * A cell of a CSV that no spreadsheet runs: what would begin a formula (= + - @, a tab or a line end) gets an apostrophe,
 * and quotes keep separators in.
 */
export function neutralCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Rows as a CSV in UTF-8 with a byte order mark, as office programs expect it. */
export function neutralCsv(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${neutralRows(rows)}`;
}

/** Further rows of such a CSV, for one that is written piece by piece. */
export function neutralRows(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(neutralCell).join(",")}\r\n`).join("");
}
