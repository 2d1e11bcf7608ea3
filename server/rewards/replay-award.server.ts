import { caseSchema } from "./case";
import { computeAward, type AwardComputation } from "./compute-award";
import { parseScheme } from "./load-scheme.server";

/**
 * Computes an award from a scheme and a case as they are stored, and nothing else (ledger invariant 12). Used to
 * assess and, years later, to verify. Throws SchemeRefusedError, RewardInputError, or zod's error for a stored case
 * that is none.
 */
export function replayAward(schemeContent: unknown, caseInput: unknown): AwardComputation {
  const { scheme } = parseScheme(schemeContent, "stored scheme");
  return computeAward(scheme, caseSchema.parse(caseInput));
}
