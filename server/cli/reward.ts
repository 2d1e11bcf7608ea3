// One award, step by step: `npm run -s reward -- <scheme-id | path.json> < case.json`.
import { InputError, parseInput, readJson, runJsonCommand } from "~server/cli/json-command";
import { caseSchema } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { RewardInputError, SchemeRefusedError } from "~server/rewards/reward-errors";

/** What the engine refuses is input as well: the scheme, by its file, or a fact of the case, by its path. */
function asInputError(error: unknown): unknown {
  if (error instanceof RewardInputError) return new InputError(`case.${error.path}`, error.reason);
  if (error instanceof SchemeRefusedError) {
    return new InputError(error.file, error.path === "" ? error.reason : `${error.path}: ${error.reason}`);
  }
  return error;
}

await runJsonCommand(async () => {
  const [wanted, ...others] = process.argv.slice(2);
  if (!wanted || others.length > 0) throw new InputError("arguments", "expected one scheme id or path.json");
  try {
    const { scheme } = loadScheme(wanted);
    return computeAward(scheme, parseInput("case", caseSchema, await readJson("case")));
  } catch (error) {
    throw asInputError(error);
  }
});
