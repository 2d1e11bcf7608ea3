import type { RewardCase } from "./case";
import { traceAward, type AwardStep } from "./compute-award";
import type { Scheme } from "./scheme-grammar";
import type { Text } from "./scheme-parts";

export type ExplainedStep = AwardStep & { title: Text | null; note: Text | null };

/**
 * The steps of `computeAward` with the scheme's plain words for each, for the informant and for
 * whoever signs. Null where the scheme has no rule for a step, which then changes nothing.
 * Throws RewardInputError as `computeAward` does.
 */
export function explainAward(scheme: Scheme, rewardCase: RewardCase): ExplainedStep[] {
  return traceAward(scheme, rewardCase).steps.map(({ rule, ...step }) => {
    // A supplement takes off what was awarded before; where nothing was, a scheme without caps has no rule for this step.
    const idle = rule === scheme.supplement && step.in === step.out && scheme.caps.length === 0;
    return { ...step, title: (idle ? null : rule?.title) ?? null, note: (idle ? null : rule?.note) ?? null };
  });
}
