import type { RewardCase } from "./case";
import { baseAmount, reaches, type Situation } from "./evaluate-gates";
import type { Condition } from "./scheme-grammar";

/**
 * A rule about informants holds for the case as soon as one who may receive fits it: an insider's
 * risk is not smaller because somebody else reported too.
 */
export function holds(when: Condition, { eligible }: Situation, rewardCase: RewardCase): boolean {
  switch (when?.kind) {
    case undefined:
      return true;
    case "caseClass":
      return rewardCase.caseClass === when.id;
    case "stage":
      return rewardCase.stage === when.id;
    case "informantKind":
      return eligible.some(({ kind }) => kind === when.id);
    case "reaches":
      return reaches(baseAmount(rewardCase, when.base), when.at);
  }
}
