import { z } from "zod";
import type { Tx } from "~db/client.server";
import { refusal } from "~server/ledger/refusals.server";
import { buildCase, findScheme, readFinding, type CaseChoices, type Finding } from "./build-case.server";
import type { RewardCase } from "./case";
import type { AwardComputation } from "./compute-award";
import { parseScheme } from "./load-scheme.server";
import { replayAward } from "./replay-award.server";
import { RewardInputError } from "./reward-errors";

export type CaseInput = CaseChoices & {
  readonly leadId: string;
  readonly stage: "interim" | "final" | "supplement";
  readonly schemeId: string;
};

export type ComputedCase = {
  readonly finding: Finding;
  readonly rewardCase: RewardCase;
  readonly scheme: Awaited<ReturnType<typeof findScheme>>;
  readonly computation: AwardComputation;
};

/**
 * The computation of a lead's reward from what is stored and what the preparer chose: the same for the preview and
 * for the act that saves it. Throws `finding_apart`, `exclusion_unknown`, `stage_unknown`, `case_incomplete`, and what readFinding,
 * buildCase and findScheme throw.
 */
export async function computeCase(tx: Tx, input: CaseInput, personId: string): Promise<ComputedCase> {
  const finding = await readFinding(tx, input.leadId);
  if (finding.verifiedBy === personId || finding.recordedBy === personId) throw refusal("finding_apart");
  const { rewardCase, firstArrivedOn } = await buildCase(tx, finding, input);
  const scheme = await findScheme(tx, input.schemeId, firstArrivedOn);
  checkAgainstScheme(scheme.content, input);
  return { finding, rewardCase, scheme, computation: compute(scheme.content, rewardCase) };
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
 * A reason is an id of the scheme's own list, so that no free text about a person enters the computation. A stage
 * besides the final one needs a scheme that pays in stages: any other would pay the whole amount again.
 */
function checkAgainstScheme(schemeContent: unknown, input: CaseInput): void {
  const { scheme } = parseScheme(schemeContent, "stored scheme");
  if (input.stage !== "final" && scheme.stages.length === 0) throw refusal("stage_unknown");
  const known = new Set(scheme.exclusions.map((each) => each.id));
  for (const { excluded } of input.informants) {
    if (excluded !== undefined && !known.has(excluded)) throw refusal("exclusion_unknown");
  }
}
