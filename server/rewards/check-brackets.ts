import type { Bracket } from "./scheme-parts";

export type Fault = { path: (string | number)[]; reason: string };

/** Orders by lower end: an open end first, then the smaller value, then the end that includes it. */
function byLowerEnd(a: Bracket, b: Bracket): number {
  if (a.from === null || b.from === null) return (a.from ? 1 : 0) - (b.from ? 1 : 0);
  const [x, y] = [BigInt(a.from.value), BigInt(b.from.value)];
  if (x !== y) return x < y ? -1 : 1;
  return Number(b.from.inclusive) - Number(a.from.inclusive);
}

/** The first fault between two neighbours, or null when they meet exactly once. */
function meeting(lower: Bracket, upper: Bracket): string | null {
  if (lower.to === null || upper.from === null) return "overlap";
  const [end, start] = [BigInt(lower.to.value), BigInt(upper.from.value)];
  if (end > start) return `overlap between ${start} and ${end}`;
  if (end < start) return `leave a gap between ${end} and ${start}`;
  if (lower.to.inclusive && upper.from.inclusive) return `both include ${end}`;
  if (!lower.to.inclusive && !upper.from.inclusive) return `both exclude ${end}`;
  return null;
}

/** A bracket nothing can fall into is a misprint. */
function isEmpty({ from, to }: Bracket): boolean {
  if (to === null) return false;
  const [low, high] = [BigInt(from?.value ?? "0"), BigInt(to.value)];
  return low > high || (low === high && !((from?.inclusive ?? true) && to.inclusive));
}

/**
 * Refuses brackets that do not cover every amount from zero (or from `start`, where a gate keeps
 * smaller amounts out) upwards exactly once. Ends are compared as numbers on a line, not as whole
 * minor units, so "up to 4999 inclusive, from 5000" is a gap: published rules name the same number on
 * both sides. Both clauses are named, since the reader must go and ask which one holds.
 */
export function checkBrackets(
  brackets: readonly Bracket[],
  path: (string | number)[],
  start: { value: string; inclusive: boolean } | null,
): Fault[] {
  const placed = brackets.map((bracket, index) => ({ bracket, index }));
  for (const { bracket, index } of placed) {
    if (isEmpty(bracket)) return [{ path: [...path, index], reason: `"${bracket.clause}" is empty` }];
  }
  const sorted = placed.toSorted((a, b) => byLowerEnd(a.bracket, b.bracket));
  for (const [at, { bracket, index }] of sorted.entries()) {
    const previous = sorted[at - 1]?.bracket;
    if (!previous) continue;
    const fault = meeting(previous, bracket);
    if (fault) {
      return [{ path: [...path, index], reason: `"${previous.clause}" and "${bracket.clause}" ${fault}` }];
    }
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first && !reachesDownTo(first.bracket, start)) {
    return [
      { path: [...path, first.index], reason: `"${first.bracket.clause}" leaves smaller amounts undecided` },
    ];
  }
  if (last && last.bracket.to !== null) {
    return [
      { path: [...path, last.index], reason: `"${last.bracket.clause}" leaves larger amounts undecided` },
    ];
  }
  return [];
}

function reachesDownTo(first: Bracket, start: { value: string; inclusive: boolean } | null): boolean {
  if (first.from === null) return true;
  const [from, needed] = [BigInt(first.from.value), BigInt(start?.value ?? "0")];
  if (from !== needed) return from < needed;
  return first.from.inclusive || start?.inclusive === false;
}
