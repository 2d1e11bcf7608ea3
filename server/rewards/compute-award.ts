import { applyRate, contains } from "./apply-rate";
import { LATEST_EDITION, type RewardCase } from "./case";
import { lowerToCap, raiseToFloor } from "./apply-limits";
import { describeSituation, evaluateGates, type GateFlag, type Situation } from "./evaluate-gates";
import { holds } from "./holds";
import {
  compare,
  fraction,
  multiply,
  parseFraction,
  printFraction,
  roundDown,
  roundHalfUp,
  zero,
  type Fraction,
} from "./fraction";
import type { Scheme } from "./scheme-grammar";
import type { Currency, Rule, StepName } from "./scheme-parts";
import { refuseUnknownWeights, splitAward } from "./split-award";

const flagOrder = [
  "consult_finance",
  "below_gate",
  "not_final",
  "kind_not_eligible",
  "floored",
  "capped",
  "editable_default",
] as const;
export type RewardFlag = (typeof flagOrder)[number];

/** `in` and `out` are minor units, `"a"` or the exact fraction `"a/b"`. */
export type AwardStep = { step: StepName; clause: string; in: string; out: string };

/** Amounts are strings of minor units. Key order is part of the contract: a replay compares bytes. */
export type AwardComputation = {
  scheme: { id: string; version: string };
  award: string;
  currency: Currency;
  shares: { id: string; amount: string }[];
  steps: AwardStep[];
  flags: RewardFlag[];
};

/** A step with the rule that decided it; null where the scheme has no rule for the step. */
export type TracedStep = AwardStep & { rule: Rule | null };
type Change = { amount: Fraction; rule: Rule | null };
type Multiplied = Change & { asksFinance: boolean };

/**
 * Computes one award, step by step, from a scheme and a case alone: no clock, no database, no
 * randomness, so that the same stored input gives the same bytes for ever.
 * Throws RewardInputError where the case lacks a fact the scheme decides by. A gate that stays shut is
 * an answer, not an error: award "0".
 */
export function computeAward(scheme: Scheme, rewardCase: RewardCase): AwardComputation {
  const { steps, ...rest } = traceAward(scheme, rewardCase);
  return {
    scheme: rest.scheme,
    award: rest.award,
    currency: rest.currency,
    shares: rest.shares,
    steps: steps.map(({ step, clause, in: before, out }) => ({ step, clause, in: before, out })),
    flags: rest.flags,
  };
}

/** `computeAward` with the rule behind each step, for pages that explain. */
export function traceAward(
  scheme: Scheme,
  rewardCase: RewardCase,
): Omit<AwardComputation, "steps"> & { steps: TracedStep[] } {
  const situation = describeSituation(scheme, rewardCase);
  refuseUnknownWeights(scheme.split, rewardCase.informants);
  const gate = evaluateGates(scheme, situation, rewardCase);
  const flags = new Set<RewardFlag>(gate.flags satisfies Set<GateFlag>);
  if (scheme.editableDefault) flags.add("editable_default");

  const steps: TracedStep[] = [];
  let amount = situation.base;
  const take = (step: StepName, change: Change) => {
    steps.push({
      step,
      clause: change.rule?.clause ?? scheme.document,
      in: printFraction(amount),
      out: printFraction(change.amount),
      rule: change.rule,
    });
    amount = change.amount;
  };
  /** Behind a shut gate nothing raises the award again. */
  const whenOpen = (work: () => Change): Change => (gate.open ? work() : { amount, rule: null });

  take("gate", { amount: gate.open ? amount : zero, rule: gate.rule });
  take(
    "rate",
    whenOpen(() => applyRate(situation, rewardCase)),
  );
  let leftToFinance = false;
  for (const [step, rules] of [
    ["factors", scheme.factors],
    ["uplift", scheme.uplifts],
  ] as const) {
    take(
      step,
      whenOpen(() => {
        const { asksFinance: asks, ...change } = multiplyBy(rules, amount, situation, rewardCase);
        leftToFinance ||= asks;
        return change;
      }),
    );
  }
  take(
    "floor",
    whenOpen(() => raiseToFloor(amount, situation, rewardCase)),
  );
  if (compare(amount, beforeLast(steps)) > 0) flags.add("floored");
  take(
    "cap",
    whenOpen(() => lowerToCap(scheme, amount, situation, rewardCase)),
  );
  if (compare(amount, beforeLast(steps)) < 0) flags.add("capped");
  const rounded = scheme.rounding.mode === "down" ? roundDown(amount) : roundHalfUp(amount);
  take("round", { amount: fraction(rounded), rule: scheme.rounding });
  take("split", { amount, rule: scheme.split });

  if (asksFinance(scheme, rounded) || (leftToFinance && rounded > 0n)) flags.add("consult_finance");
  const shares = splitAward(rounded, rewardCase.informants, new Set(situation.eligible), scheme.split);
  return {
    scheme: { id: scheme.id, version: scheme.version },
    award: rounded.toString(),
    currency: scheme.currency,
    shares: shares.map((share) => ({ id: share.id, amount: share.amount.toString() })),
    steps,
    flags: flagOrder.filter((flag) => flags.has(flag)),
  };
}

function beforeLast(steps: readonly TracedStep[]): Fraction {
  return parseFraction(steps.at(-1)?.in ?? "0");
}

/**
 * Every rule that holds multiplies, and is cited. One that names no number (市场监管总局's for insiders) is shown and
 * leaves the amount alone: nothing is raised, so there is nothing to ask finance for.
 *
 * One that needs finance's consent multiplies only with `approvalRef`; without, the award is that without it, and the
 * flag asks for finance. Unlike a lifted cap, which somebody claims, such a rule holds by the facts alone (an insider
 * reported), and finance may say no: refusing the case would keep back what is due without any consent.
 */
function multiplyBy(
  rules: Scheme["factors"],
  start: Fraction,
  situation: Situation,
  rewardCase: RewardCase,
): Multiplied {
  const first = (rewardCase.edition ?? LATEST_EDITION) === 1;
  const holding = rules.filter(({ when }) => holds(when, situation, rewardCase));
  const waits = ({ multiplyBy: by, consent }: Scheme["factors"][number]) =>
    !first && by !== null && consent !== null && !rewardCase.approvalRef;
  const amount = holding.reduce(
    (product, rule) =>
      rule.multiplyBy === null || waits(rule) ? product : multiply(product, parseFraction(rule.multiplyBy)),
    start,
  );
  const cited = first ? holding.slice(0, 1) : holding;
  return { amount, rule: citeAll(cited), asksFinance: holding.some(waits) };
}

/** Several rules as one: their words one after another, each said once; null for none. */
function citeAll(rules: readonly Rule[]): Rule | null {
  const [only, ...others] = rules;
  if (only === undefined || others.length === 0) return only ?? null;
  const join = (say: (rule: Rule) => string, by: string) => [...new Set(rules.map(say))].join(by);
  return {
    clause: join(({ clause }) => clause, "；"),
    title: { zh: join(({ title }) => title.zh, "；"), en: join(({ title }) => title.en, "; ") },
    note: { zh: join(({ note }) => note.zh, ""), en: join(({ note }) => note.en, " ") },
  };
}

function asksFinance(scheme: Scheme, award: bigint): boolean {
  if (award === 0n) return false;
  const rung = scheme.approval.ladder.find((each) => contains(each, fraction(award)));
  return rung?.consult.includes("finance") ?? false;
}
