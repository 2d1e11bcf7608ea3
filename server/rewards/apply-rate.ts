import type { RewardCase } from "./case";
import type { Situation } from "./evaluate-gates";
import {
  add,
  compare,
  fraction,
  minimum,
  multiply,
  parseFraction,
  subtract,
  zero,
  type Fraction,
} from "./fraction";
import type { Outcome, RateForm } from "./rate-grammar";
import { RewardInputError } from "./reward-errors";
import type { AmountBound, Rule, Text } from "./scheme-parts";

type Decided = { amount: Fraction; rule: Rule };

/**
 * The amount before factors, floors and caps, exact, in minor units, and the rule that decided it.
 * Throws RewardInputError at `chosen` where a range has no choice, or one outside it.
 */
export function applyRate(situation: Situation, rewardCase: RewardCase): Decided {
  const { rate, base, stage, eligible } = situation;
  const form: RateForm = rate.form;
  switch (form.kind) {
    case "fixed":
    case "percent":
    case "amountRange":
    case "rateRange":
      return { amount: applyOutcome(form, base, rewardCase), rule: rate };
    case "brackets": {
      const bracket = form.brackets.find((each) => contains(each, base));
      // No bracket reaches down to a base that a gate keeps out; there is no award to speak of.
      if (!bracket) return { amount: zero, rule: rate };
      return {
        amount: applyOutcome(bracket.outcome, base, rewardCase),
        rule: { clause: bracket.clause, title: joinTitles(rate.title, bracket.title), note: rate.note },
      };
    }
    case "marginal": {
      const parts = form.brackets.map((bracket) =>
        multiply(partInside(bracket, base), parseFraction(bracket.rate)),
      );
      return { amount: parts.reduce(add, zero), rule: rate };
    }
    case "perHead":
      return {
        amount: multiply(parseFraction(form.amount), fraction(BigInt(eligible.length))),
        rule: rate,
      };
    case "stages":
      if (!stage) throw new RangeError("a stage scheme's case names its stage");
      return { amount: applyOutcome(stage.outcome, base, rewardCase), rule: stage };
    case "nonMonetary":
      return { amount: zero, rule: rate };
  }
}

/** The range that asks the assessor for a choice in this situation; null where the scheme leaves none. */
export function findRange({
  rate: { form },
  base,
  stage,
}: Situation): Extract<Outcome, { kind: "amountRange" | "rateRange" }> | null {
  const outcome =
    form.kind === "brackets"
      ? form.brackets.find((each) => contains(each, base))?.outcome
      : form.kind === "stages"
        ? stage?.outcome
        : form;
  return outcome?.kind === "amountRange" || outcome?.kind === "rateRange" ? outcome : null;
}

function applyOutcome(outcome: Outcome, base: Fraction, rewardCase: RewardCase): Fraction {
  switch (outcome.kind) {
    case "fixed":
      return parseFraction(outcome.amount);
    case "percent":
      return multiply(base, parseFraction(outcome.rate));
    case "amountRange":
      return readChoice(outcome, rewardCase, "an amount in minor units");
    case "rateRange":
      return multiply(base, readChoice(outcome, rewardCase, "a rate"));
  }
}

function readChoice(
  range: Extract<Outcome, { kind: "amountRange" | "rateRange" }>,
  { chosen }: RewardCase,
  what: string,
): Fraction {
  const { from, to } = range;
  const limits = `${from.inclusive ? "from" : "above"} ${from.value} ${to.inclusive ? "to" : "to below"} ${to.value}`;
  if (!chosen) throw new RewardInputError("chosen", `required: ${what} ${limits}`);
  const choice = parseFraction(chosen);
  if (range.kind === "amountRange" && choice.denominator !== 1n) {
    throw new RewardInputError("chosen", `expected ${what}`);
  }
  const [low, high] = [compare(choice, parseFraction(from.value)), compare(choice, parseFraction(to.value))];
  if (low < 0 || high > 0 || (low === 0 && !from.inclusive) || (high === 0 && !to.inclusive)) {
    throw new RewardInputError("chosen", `${chosen} is not ${what} ${limits}`);
  }
  return choice;
}

/** Whether an amount in minor units lies inside a bracket, its ends as the bracket says. */
export function contains(
  { from, to }: { from: AmountBound | null; to: AmountBound | null },
  base: Fraction,
): boolean {
  const low = from === null ? 1 : compare(base, parseFraction(from.value));
  const high = to === null ? -1 : compare(base, parseFraction(to.value));
  return (
    (low > 0 || (low === 0 && from?.inclusive === true)) &&
    (high < 0 || (high === 0 && to?.inclusive === true))
  );
}

function partInside(
  { from, to }: { from: AmountBound | null; to: AmountBound | null },
  base: Fraction,
): Fraction {
  const start = from === null ? zero : parseFraction(from.value);
  const end = to === null ? base : minimum(base, parseFraction(to.value));
  return compare(end, start) > 0 ? subtract(end, start) : zero;
}

function joinTitles(outer: Text, inner: Text): Text {
  return { zh: `${outer.zh}：${inner.zh}`, en: `${outer.en}: ${inner.en}` };
}
