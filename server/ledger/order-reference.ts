import { randomInt } from "node:crypto";

/** Those of ORDER_LETTERS: told apart on paper, and without a vowel. */
const LETTERS = "BCDFGHJKLMNPQRTVWXYZ";

/**
 * What the bank carries with a payment by hand, e.g. `HD2026-KXWQBRTM`: the cashier writes it where the bank asks for a
 * purpose or a note, and the bank's line is matched by it. Short enough to be typed, and no digits that could be a number
 * of somebody's.
 */
export function makeOrderReference(year: number): string {
  const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]);
  return `HD${year}-${letters.join("")}`;
}
