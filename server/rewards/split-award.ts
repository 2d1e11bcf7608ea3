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
  type Fraction,
} from "./fraction";
import { RewardInputError } from "./reward-errors";

/** `later` is the part of the award that informants after the first may share. */
export type SplitRule = {
  readonly by: "equal" | "weights" | "first";
  readonly later?: { readonly share: string } | undefined;
};

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
  split: SplitRule = { by: "weights" },
): Share[] {
  const weights =
    split.by === "first"
      ? weighFirst(informants, eligible, split)
      : weigh(informants, (each) => eligible.has(each), fraction(1n));
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

/** The whole weight shared among `some` by their weights, or equally where nobody among them has one. */
function weigh(
  informants: readonly Informant[],
  some: (each: Informant) => boolean,
  whole: Fraction,
): Fraction[] {
  const asked = informants.map((each) => (some(each) ? parseFraction(String(each.weight ?? 0)) : zero));
  const weighted = asked.some((weight) => compare(weight, zero) > 0);
  const weights = weighted ? asked : informants.map((each) => fraction(some(each) ? 1n : 0n));
  const total = weights.reduce(add, zero);
  if (compare(total, zero) === 0) return weights;
  return weights.map((weight) => divide(multiply(whole, weight), total));
}

/**
 * The first in time who may receive takes the award, with those of the same joint report (联名). Later informants take
 * the part the scheme leaves them, by the weight of what they added; with no such weight it stays with the first.
 */
function weighFirst(
  informants: readonly Informant[],
  eligible: ReadonlySet<Informant>,
  { later }: SplitRule,
): Fraction[] {
  const order = new Map(informants.map((each, at) => [each, at]));
  const [first] = informants
    .filter((each) => eligible.has(each))
    .toSorted((a, b) => comesBefore(a, b) || (order.get(a) ?? 0) - (order.get(b) ?? 0));
  if (!first) return informants.map(() => zero);
  const isFirst = (each: Informant) =>
    eligible.has(each) && (each === first || (Boolean(first.joint) && each.joint === first.joint));
  const added = (each: Informant) => eligible.has(each) && !isFirst(each) && Number(each.weight ?? 0) > 0;
  const part = later && informants.some(added) ? parseFraction(later.share) : zero;
  const leading = weigh(informants, isFirst, subtract(fraction(1n), part));
  if (compare(part, zero) === 0) return leading;
  const adding = weigh(informants, added, part);
  return informants.map((_, at) => add(leading[at] ?? zero, adding[at] ?? zero));
}

function comesBefore(a: Informant, b: Informant): number {
  const [first, second] = [a.order ?? null, b.order ?? null];
  if (first === null || second === null) return (first === null ? 1 : 0) - (second === null ? 1 : 0);
  return first - second;
}

/** Throws RewardInputError where the scheme knows equal shares only and the case weighs them. */
export function refuseUnknownWeights({ by }: SplitRule, informants: readonly Informant[]): void {
  if (by !== "equal") return;
  const at = informants.findIndex(({ weight }) => Number(weight ?? 0) > 0);
  if (at >= 0) throw new RewardInputError(`informants[${at}].weight`, "the scheme gives equal shares only");
}
