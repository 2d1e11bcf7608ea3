// One award, step by step: `reward <scheme-id | path.json> < case.json`.
// JSON on stdout and nothing else; bad input: exit 2 and one line on stderr.
import { caseSchema } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { RewardInputError, SchemeRefusedError } from "~server/rewards/reward-errors";
import { BadInputError, oneLine, parseInput, readStdinJson } from "./reward-input";

async function run(args: readonly string[]): Promise<string> {
  const [scheme, ...others] = args;
  if (!scheme || others.length > 0)
    throw new BadInputError("arguments", "expected one scheme id or path.json");
  const loaded = loadScheme(scheme);
  const rewardCase = parseInput(caseSchema, await readStdinJson());
  return JSON.stringify(computeAward(loaded.scheme, rewardCase));
}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  const expected =
    error instanceof BadInputError ||
    error instanceof RewardInputError ||
    error instanceof SchemeRefusedError;
  if (!expected) throw error;
  process.stderr.write(`${oneLine(error.message)}\n`);
  process.exitCode = 2;
}
