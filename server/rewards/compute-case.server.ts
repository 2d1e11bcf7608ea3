import { z } from "zod";
import type { Tx } from "~db/client.server";
import { chinaYear } from "~server/clock";
import { refusal } from "~server/ledger/refusals.server";
import { buildCase, readFinding, type CaseChoices, type Finding } from "./build-case.server";
import type { RewardCase } from "./case";
import type { AwardComputation } from "./compute-award";
import { findScheme, whyThisVersion } from "./find-scheme.server";
import { parseScheme } from "./load-scheme.server";
import { readAlready } from "./read-already.server";
import { replayAward } from "./replay-award.server";
import { RewardInputError } from "./reward-errors";
import type { Scheme } from "./scheme-grammar";
import { exclusionSpares } from "./scheme-refusals.server";

export type CaseInput = CaseChoices & {
  readonly leadId: string;
  readonly stage: "interim" | "final" | "supplement";
  readonly schemeId: string;
};

export type ComputedCase = {
  readonly finding: Finding;
  readonly rewardCase: RewardCase;
  readonly scheme: Awaited<ReturnType<typeof findScheme>>;
  /** Which rule chose the scheme's version, with its clause and the days it rests on. */
  readonly why: ReturnType<typeof whyThisVersion>;
  readonly computation: AwardComputation;
};

/**
 * The computation of a lead's reward from what is stored and what the preparer chose: the same for the preview and for
 * the act that saves it. `year` is the fiscal year of the assessment, for limits of a year. Throws `finding_apart`,
 * `exclusion_unknown`, `exclusion_spares`, `stage_unknown`, `case_incomplete`, and what readFinding, buildCase and
 * findScheme throw.
 */
export async function computeCase(
  tx: Tx,
  input: CaseInput,
  personId: string,
  year: number = chinaYear(new Date()),
): Promise<ComputedCase> {
  const finding = await readFinding(tx, input.leadId);
  if (finding.verifiedBy === personId || finding.recordedBy === personId) throw refusal("finding_apart");
  const { rewardCase: built, firstArrivedOn } = await buildCase(tx, finding, input);
  const stored = await findScheme(tx, input.schemeId, firstArrivedOn);
  const { scheme } = parseScheme(stored.content, "stored scheme");
  checkAgainstScheme(scheme, input);
  const already = await readAlready(
    tx,
    { leadId: input.leadId, stage: input.stage, line: stored.line, year },
    scheme,
  );
  const rewardCase = already === undefined ? built : { ...built, already };
  return {
    finding,
    rewardCase,
    scheme: stored,
    why: whyThisVersion(stored, firstArrivedOn),
    computation: compute(stored.content, rewardCase),
  };
}

function compute(schemeContent: unknown, rewardCase: unknown): AwardComputation {
  try {
    return replayAward(schemeContent, rewardCase);
  } catch (error) {
    if (error instanceof RewardInputError || error instanceof z.ZodError) throw refusal("case_incomplete");
    throw error;
  }
}

/**
 * A reason is an id of the scheme's own list, so that no free text about a person enters the computation, and holds for
 * the informant's kind (insiders among participants are spared). A stage besides the final one needs a scheme that pays
 * in stages, a supplement one that supplements: any other would pay the whole amount again.
 */
function checkAgainstScheme(scheme: Scheme, input: CaseInput): void {
  const supplements = input.stage === "supplement" && scheme.supplement !== undefined;
  if (input.stage !== "final" && scheme.stages.length === 0 && !supplements) throw refusal("stage_unknown");
  for (const { excluded, kind } of input.informants) {
    if (excluded === undefined) continue;
    const exclusion = scheme.exclusions.find(({ id }) => id === excluded);
    if (exclusion === undefined) throw refusal("exclusion_unknown");
    if (exclusion.exceptKinds?.includes(kind)) throw exclusionSpares(exclusion.title.zh, exclusion.clause);
  }
}
