import type { RewardCase } from "./case";
import { baseAmount, type Situation } from "./evaluate-gates";
import {
  compare,
  fraction,
  maximum,
  minimum,
  multiply,
  parseFraction,
  subtract,
  zero,
  type Fraction,
} from "./fraction";
import { holds } from "./holds";
import type { Cap, Scheme } from "./scheme-grammar";
import type { Rule } from "./scheme-parts";

type Limited = { amount: Fraction; rule: Rule | null };

/** Of the floors that hold, the highest binds. Where there is no base, only a floor that says so holds. */
export function raiseToFloor(amount: Fraction, situation: Situation, rewardCase: RewardCase): Limited {
  const { branch, rate, hasBase } = situation;
  const floors = branch.floors.filter(
    (each) =>
      each.grade === rate.grade &&
      (hasBase || branch.base === null || each.withoutBase) &&
      holds(each.when ?? null, situation, rewardCase),
  );
  const [first, ...others] = floors;
  if (!first) return { amount, rule: null };
  const floor = others.reduce(
    (best, each) => (BigInt(each.amount) > BigInt(best.amount) ? each : best),
    first,
  );
  return { amount: maximum(amount, parseFraction(floor.amount)), rule: floor };
}

type Limit = { at: Fraction; rule: Rule };

/**
 * Lowers to the least of what the scheme's limits leave: of the case, less what the case was awarded before; of the
 * year, less what the year was; of each informant, times those who may receive. Where the scheme supplements an award,
 * the whole is computed anew and what was awarded before comes off.
 */
export function lowerToCap(
  scheme: Scheme,
  amount: Fraction,
  situation: Situation,
  rewardCase: RewardCase,
): Limited {
  const before = (of: "case" | "year") => parseFraction(rewardCase.already?.[of] ?? "0");
  const left = (limit: Limit | null, used: Fraction): Limit[] =>
    limit === null ? [] : [{ at: maximum(subtract(limit.at, used), zero), rule: limit.rule }];
  const bestOf = (per: NonNullable<Cap["per"]>) => mostGenerous(scheme, per, situation, rewardCase);

  const each = bestOf("informant");
  const heads = fraction(BigInt(situation.eligible.length));
  const supplements = scheme.supplement !== undefined && situation.stage === null;
  const limits = [
    ...left(bestOf("case"), before("case")),
    ...left(bestOf("year"), before("year")),
    ...(each === null ? [] : [{ at: multiply(each.at, heads), rule: each.rule }]),
    // What is due on the whole, less what was awarded: a limit of its own.
    ...(supplements && scheme.supplement
      ? left({ at: amount, rule: scheme.supplement }, before("case"))
      : []),
  ];
  const [first, ...others] = limits;
  if (!first) return { amount, rule: null };
  const least = others.reduce((best, limit) => (compare(limit.at, best.at) < 0 ? limit : best), first);
  return { amount: minimum(amount, least.at), rule: least.rule };
}

/** A lift raises its own limit only. */
function mostGenerous(
  scheme: Scheme,
  per: NonNullable<Cap["per"]>,
  situation: Situation,
  rewardCase: RewardCase,
): Limit | null {
  let best: Limit | null = null;
  for (const cap of scheme.caps) {
    if ((cap.per ?? "case") !== per || !holds(cap.when, situation, rewardCase)) continue;
    const lift = rewardCase.capLifted ? cap.lift : null;
    const at = lift ? parseFraction(lift.to) : ceilingOf(cap, rewardCase);
    if (best === null || compare(at, best.at) > 0) best = { at, rule: lift ?? cap };
  }
  return best;
}

function ceilingOf({ amount, share }: Cap, rewardCase: RewardCase): Fraction {
  if (share) return multiply(fraction(baseAmount(rewardCase, share.of)), parseFraction(share.rate));
  return parseFraction(amount ?? "0");
}
