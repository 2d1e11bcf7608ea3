// What a business is in substance (穿透), as a row of a pack knows it. Client-safe.
import type { PackRow } from "~server/packs/grammar";

export type Substance = NonNullable<PackRow["substances"]>[number];

/** A word without what does not matter in it: case, full-width forms, spaces. */
export function foldWord(value: string): string {
  return value.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

function find(row: PackRow, value: string): Substance | undefined {
  const wanted = foldWord(value);
  return row.substances?.find(({ name, aliases }) =>
    [name, ...aliases].some((one) => foldWord(one) === wanted),
  );
}

/**
 * The substances of the row that a text names, in the row's words: one, or several where it lists several
 * (证券、保险资管). Empty where any part of it is none of the row's. Never throws.
 */
export function readSubstances(row: PackRow, value: string): Substance[] {
  const whole = find(row, value);
  if (whole !== undefined) return [whole];
  const parts = value.split(/[、，,；;/+]/).filter((part) => part.trim() !== "");
  const found = parts.map((part) => find(row, part));
  return found.every((one) => one !== undefined) ? [...new Set(found)] : [];
}
