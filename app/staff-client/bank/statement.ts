import { ORDER_LETTERS, type StatementLine } from "~/forms/statement-line";

/** What a bank's file gives; the page sends `lines` and asks the cashier about the rest. */
export type ReadStatement = {
  readonly lines: readonly StatementLine[];
  /** The account's balance before and after, in 分; null where the file does not tell. */
  readonly openingFen: bigint | null;
  readonly closingFen: bigint | null;
  readonly closedOn: string | null;
};

/** An end-to-end id of ours, without dashes; anything else is the matter of others and is dropped here. */
export function ownId(text: string | null): string | null {
  const plain = text?.trim().replaceAll("-", "").toLowerCase() ?? "";
  return /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(plain) ? plain : null;
}

/**
 * What says which payment of ours a bank's line is: a line's id that fills its own field, or the reference of an order to
 * pay by hand, which a cashier typed somewhere there or in the purpose. Two different references say nothing.
 */
export function ownReference(idField: string | null, ...texts: readonly (string | null)[]): string | null {
  const id = ownId(idField);
  if (id !== null) return id;
  const said = [idField, ...texts].flatMap((text) => [
    ...(text?.normalize("NFKC").toUpperCase() ?? "").matchAll(ORDER_REFERENCE),
  ]);
  const found = new Set(said.map(([, year, letters]) => `HD${year}-${letters}`));
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** As it was given to the bank, full width or with another dash, which may have lost it or put a blank in its place. */
const ORDER_REFERENCE = new RegExp(
  `(?<![A-Z0-9])HD(20\\d{2})[-\u2010-\u2015\u2212\\s]?(${ORDER_LETTERS})(?![A-Z0-9])`,
  "g",
);

/** A figure of a bank's file in 分, exactly; null for anything else, a fraction of one 分 too. */
export function readAmount(text: string, unit: "yuan" | "fen"): bigint | null {
  const plain = text.replace(/[,\s¥￥]/g, "");
  const match = /^(\d{1,15})(?:\.(\d{1,5}))?$/.exec(plain);
  if (match === null) return null;
  const places = (match[2] ?? "").replace(/0+$/, "");
  if (places.length > (unit === "yuan" ? 2 : 0)) return null;
  const whole = BigInt(match[1] ?? "0");
  return unit === "fen" ? whole : whole * 100n + BigInt(places.padEnd(2, "0"));
}

/** A day as banks write it, `2026-06-01`, `2026/6/1` or `20260601`, with or without a time behind it; null for none. */
export function readDay(text: string): string | null {
  const match = /^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[ T]|$)/.exec(text);
  if (match === null) return null;
  const iso = `${match[1]}-${(match[2] ?? "").padStart(2, "0")}-${(match[3] ?? "").padStart(2, "0")}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : null;
}

/** The lines, where each could be read; otherwise null, and `tell` hears the number of the first that could not. */
export function allRead(
  lines: readonly (StatementLine | null)[],
  tell: (line: number) => void,
): StatementLine[] | null {
  const wrong = lines.indexOf(null);
  if (wrong >= 0) tell(wrong + 1);
  return wrong >= 0 ? null : (lines as StatementLine[]);
}
