import { storedCaseSchema } from "./case";
import { computeAward, type AwardComputation } from "./compute-award";
import { readStoredScheme } from "./load-scheme.server";
import type { Scheme } from "./scheme-grammar";

/**
 * Computes an award from a scheme and a case as they are stored, and nothing else (ledger invariant 12). Used to
 * assess and, years later, to verify. Throws SchemeRefusedError, RewardInputError, or zod's error for a stored case
 * that is none.
 */
export function replayAward(schemeContent: unknown, caseInput: unknown): AwardComputation {
  const scheme = readStoredScheme(schemeContent);
  return computeAward(scheme, storedCaseSchema.parse(caseInput));
}

/**
 * The same for many cases: each stored scheme (by any key of the caller's) is read once and not once a case. Throws,
 * case by case, what replayAward throws.
 */
export function replayAwards(
  schemes: ReadonlyMap<string, unknown>,
): (key: string, caseInput: unknown) => AwardComputation {
  const parsed = new Map<string, Scheme>();
  return (key, caseInput) => {
    const known = parsed.get(key) ?? readStoredScheme(schemes.get(key));
    parsed.set(key, known);
    return computeAward(known, storedCaseSchema.parse(caseInput));
  };
}
