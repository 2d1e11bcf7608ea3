import type { Informant } from "./case";
import {
  add,
  compare,
  divide,
  fraction,
  multiply,
  parseFraction,
  roundDown,
  subtract,
  zero,
} from "./fraction";
import { RewardInputError } from "./reward-errors";

/** Amount in minor units. */
export type Share = { id: string; amount: bigint };

/**
 * Splits `award` (minor units) among those who may receive, so that the shares add up to it exactly:
 * each gets the whole units of its exact share, and the units left over go one each to the largest
 * remainders, on a tie to the earlier informant. Everybody listed is answered; whoever may not
 * receive gets 0.
 */
export function splitAward(
  award: bigint,
  informants: readonly Informant[],
  eligible: ReadonlySet<Informant>,
): Share[] {
  const asked = informants.map((informant) =>
    eligible.has(informant) ? parseFraction(String(informant.weight ?? 0)) : zero,
  );
  const weighted = asked.some((weight) => compare(weight, zero) > 0);
  const weights = weighted ? asked : informants.map((each) => fraction(eligible.has(each) ? 1n : 0n));
  const total = weights.reduce(add, zero);
  if (compare(total, zero) === 0) return informants.map(({ id }) => ({ id, amount: 0n }));

  const parts = informants.map((informant, index) => {
    const exact = divide(multiply(fraction(award), weights[index] ?? zero), total);
    const whole = roundDown(exact);
    return { informant, index, whole, remainder: subtract(exact, fraction(whole)) };
  });
  let left = award - parts.reduce((sum, { whole }) => sum + whole, 0n);
  const queue = parts.toSorted(
    (a, b) => compare(b.remainder, a.remainder) || comesBefore(a.informant, b.informant) || a.index - b.index,
  );
  for (const part of queue) {
    if (left === 0n) break;
    part.whole += 1n;
    left -= 1n;
  }
  return parts.map(({ informant, whole }) => ({ id: informant.id, amount: whole }));
}

function comesBefore(a: Informant, b: Informant): number {
  const [first, second] = [a.order ?? null, b.order ?? null];
  if (first === null || second === null) return (first === null ? 1 : 0) - (second === null ? 1 : 0);
  return first - second;
}

/** Throws RewardInputError where the scheme knows equal shares only and the case weighs them. */
export function refuseUnknownWeights(by: "equal" | "weights", informants: readonly Informant[]): void {
  if (by === "weights") return;
  const at = informants.findIndex(({ weight }) => Number(weight ?? 0) > 0);
  if (at >= 0) throw new RewardInputError(`informants[${at}].weight`, "the scheme gives equal shares only");
}
