import type { Calculation } from "./calculate.server";
import { caseSchema } from "./case";
import { computeAward } from "./compute-award";
import { explainAward } from "./explain-award";
import { RewardInputError } from "./reward-errors";
import { schemeExamples } from "./scheme-examples";
import type { Scheme } from "./scheme-grammar";

/** The scheme's worked examples, computed now; one that a later version no longer has a place for is left out. */
export function computeExamples(scheme: Scheme): Calculation[] {
  return (schemeExamples[scheme.id] ?? []).flatMap((input) => {
    const rewardCase = caseSchema.parse({ informants: [{ id: "a", kind: "named" }], final: true, ...input });
    try {
      const { award, currency, flags } = computeAward(scheme, rewardCase);
      return [{ award, currency, flags, steps: explainAward(scheme, rewardCase) }];
    } catch (error) {
      if (error instanceof RewardInputError) return [];
      throw error;
    }
  });
}
