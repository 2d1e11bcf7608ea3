import type { Calculation } from "./calculate.server";
import { findRange } from "./apply-rate";
import { caseSchema, type RewardCase } from "./case";
import { computeAward } from "./compute-award";
import { describeSituation } from "./evaluate-gates";
import { explainAward } from "./explain-award";
import { fraction, multiply, parseFraction, printFraction } from "./fraction";
import { RewardInputError } from "./reward-errors";
import { schemeExamples } from "./scheme-examples";
import type { Scheme } from "./scheme-grammar";
import { baseKeys, type BaseKey, type InformantKind, type Text } from "./scheme-parts";

/** The case of an example, as it is stated before its steps. Amounts in minor units. */
export type ExampleCase = {
  readonly kind: InformantKind;
  readonly grade: Text | null;
  readonly stage: Text | null;
  readonly caseClass: Text | null;
  readonly bases: readonly { readonly key: BaseKey; readonly amount: string }[];
  /** The rules go by an amount, and the case has none. */
  readonly withoutBase: boolean;
  /** What the assessor chose within the range: an amount, or a rate in percent. */
  readonly chosen: { readonly amount: string } | { readonly percent: string } | null;
  /** What the case was awarded before. */
  readonly already: string | null;
};

/** The scheme's worked examples, computed now; one that a later version no longer has a place for is left out. */
export function computeExamples(scheme: Scheme): (Calculation & { readonly stated: ExampleCase })[] {
  return (schemeExamples[scheme.id] ?? []).flatMap((input) => {
    const rewardCase = caseSchema.parse({ informants: [{ id: "a", kind: "named" }], final: true, ...input });
    try {
      const { award, currency, flags } = computeAward(scheme, rewardCase);
      const stated = stateCase(scheme, rewardCase);
      return [{ award, currency, flags, steps: explainAward(scheme, rewardCase), stated }];
    } catch (error) {
      if (error instanceof RewardInputError) return [];
      throw error;
    }
  });
}

function stateCase(scheme: Scheme, rewardCase: RewardCase): ExampleCase {
  const titleOf = (list: readonly { id: string; title: Text }[], id: string | null | undefined) =>
    list.find((each) => each.id === id)?.title ?? null;
  const bases = baseKeys.flatMap((key) => {
    const amount = rewardCase.bases?.[key] ?? "0";
    return amount === "0" ? [] : [{ key, amount }];
  });
  return {
    kind: rewardCase.informants[0]?.kind ?? "named",
    grade: scheme.grades.find(({ grade }) => grade === rewardCase.grade)?.title ?? null,
    stage: titleOf(scheme.stages, rewardCase.stage),
    caseClass: titleOf(scheme.caseClasses, rewardCase.caseClass),
    bases,
    withoutBase: bases.length === 0 && scheme.branches.some(({ base }) => base !== null),
    chosen: stateChoice(scheme, rewardCase),
    already: rewardCase.already?.case ?? null,
  };
}

function stateChoice(scheme: Scheme, rewardCase: RewardCase): ExampleCase["chosen"] {
  const { chosen } = rewardCase;
  const range = chosen ? findRange(describeSituation(scheme, rewardCase)) : null;
  if (!chosen || range === null) return null;
  if (range.kind === "amountRange") return { amount: chosen };
  return { percent: printFraction(multiply(parseFraction(chosen), fraction(100n))) };
}
