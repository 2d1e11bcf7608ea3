import { named, type Fault, type FaultPath, type SchemeFault } from "./scheme-faults";
import type { Bracket } from "./scheme-parts";

/** Orders by lower end: an open end first, then the smaller value, then the end that includes it. */
function byLowerEnd(a: Bracket, b: Bracket): number {
  if (a.from === null || b.from === null) return (a.from ? 1 : 0) - (b.from ? 1 : 0);
  const [x, y] = [BigInt(a.from.value), BigInt(b.from.value)];
  if (x !== y) return x < y ? -1 : 1;
  return Number(b.from.inclusive) - Number(a.from.inclusive);
}

/** The first fault between two neighbours, or null when they meet exactly once. */
function meeting(lower: Bracket, upper: Bracket): SchemeFault | null {
  if (lower.to === null || upper.from === null) return { kind: "overlap" };
  const [end, start] = [BigInt(lower.to.value), BigInt(upper.from.value)];
  const [at, next] = [{ amount: lower.to.value }, { amount: upper.from.value }];
  if (end > start) return { kind: "overlapBetween", low: next, high: at };
  if (end < start) return { kind: "gap", low: at, high: next };
  if (lower.to.inclusive && upper.from.inclusive) return { kind: "bothInclude", low: at };
  if (!lower.to.inclusive && !upper.from.inclusive) return { kind: "bothExclude", low: at };
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
  path: FaultPath,
  start: { value: string; inclusive: boolean } | null,
): Fault[] {
  const placed = brackets.map((bracket, index) => ({ bracket, index }));
  const name = (one: (typeof placed)[number]) => named(one.bracket, [...path, one.index]);
  const alone = (
    kind: "emptyBracket" | "smallerUndecided" | "largerUndecided",
    one: (typeof placed)[number],
  ) => [{ kind, path: [...path, one.index], one: name(one) }];
  const empty = placed.find(({ bracket }) => isEmpty(bracket));
  if (empty !== undefined) return alone("emptyBracket", empty);
  const sorted = placed.toSorted((a, b) => byLowerEnd(a.bracket, b.bracket));
  for (const [at, upper] of sorted.entries()) {
    const lower = sorted[at - 1];
    const fault = lower === undefined ? null : meeting(lower.bracket, upper.bracket);
    if (lower === undefined || fault === null) continue;
    return [{ ...fault, path: [...path, upper.index], one: name(lower), other: name(upper) }];
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first && !reachesDownTo(first.bracket, start)) return alone("smallerUndecided", first);
  if (last && last.bracket.to !== null) return alone("largerUndecided", last);
  return [];
}

function reachesDownTo(first: Bracket, start: { value: string; inclusive: boolean } | null): boolean {
  if (first.from === null) return true;
  const [from, needed] = [BigInt(first.from.value), BigInt(start?.value ?? "0")];
  if (from !== needed) return from < needed;
  return first.from.inclusive || start?.inclusive === false;
}
