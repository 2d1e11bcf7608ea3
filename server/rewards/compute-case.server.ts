import { z } from "zod";
import type { Tx } from "~db/client.server";
import { refusal } from "~server/ledger/refusals.server";
import { answersMissing, assessmentRefusal } from "./assessment-refusals.server";
import {
  buildCase,
  findScheme,
  readFinding,
  readListed,
  type CaseChoices,
  type Finding,
  type Listed,
} from "./build-case.server";
import type { RewardCase } from "./case";
import type { AwardComputation } from "./compute-award";
import { judgeAnswers, judgeGrade, type Judged, type JudgedAnswer } from "./judge-answers";
import { parseScheme } from "./load-scheme.server";
import { replayAward } from "./replay-award.server";
import { RewardInputError } from "./reward-errors";
import { writeRecord, type AssessmentRecord } from "./write-record.server";
import type { Scheme } from "./scheme-grammar";

export type CaseInput = CaseChoices & {
  readonly leadId: string;
  readonly stage: "interim" | "final" | "supplement";
  readonly schemeId: string;
  /** The live computation the preparer saw and replaces, and why; null where they saw none. */
  readonly replaces?: string | null;
  readonly whyAgain?: string;
};

export type ComputedCase = {
  readonly finding: Finding;
  readonly rewardCase: RewardCase;
  readonly scheme: Awaited<ReturnType<typeof findScheme>>;
  readonly computation: AwardComputation;
  readonly record: AssessmentRecord;
  readonly listed: Listed;
};

/**
 * The computation of a lead's reward from what is stored and what the preparer answered and chose: the same for the
 * preview and for the act that saves it. Throws `finding_apart`, `question_unknown`, `answers_missing`,
 * `informant_withdrawn`, `earlier_passed_over`, `criteria_unmet`, `range_reason`, `split_reason`, `split_weights`,
 * `again_reason`, `stage_unknown`, `case_incomplete`, and what readFinding, readListed and findScheme throw.
 */
export async function computeCase(tx: Tx, input: CaseInput, personId: string): Promise<ComputedCase> {
  const finding = await readFinding(tx, input.leadId);
  if (finding.verifiedBy === personId || finding.recordedBy === personId) throw refusal("finding_apart");
  const listed = await readListed(tx, input.leadId, input.informants);
  const row = await findScheme(tx, input.schemeId, listed.firstArrivedOn);
  const { scheme } = parseScheme(row.content, "stored scheme");
  // A stage besides the final one needs a scheme that pays in stages: any other would pay the whole amount again.
  if (input.stage !== "final" && scheme.stages.length === 0) throw refusal("stage_unknown");
  const judged = judgeAnswers(scheme, listed.informants);
  if (judged.unknown) throw assessmentRefusal("question_unknown");
  if (judged.missing.length > 0) throw answersMissing(judged.missing);
  if (listed.passedOver > 0 && input.passOverReason === undefined) {
    throw assessmentRefusal("earlier_passed_over");
  }
  const rewardCase = buildCase(finding, input, listed, judged);
  const computation = compute(row.content, rewardCase);
  const record = writeRecord({
    answers: [...judged.answers, ...answersOfCase(scheme, input, listed, judged)],
    order: listed.informants.map(({ tipId, arrivalNo }) => ({ tip: tipId, arrivalNo })),
    passedOver:
      listed.passedOver === 0 ? null : { count: listed.passedOver, reason: input.passOverReason ?? "" },
    again: againOf(input),
  });
  return { finding, rewardCase, scheme: row, computation, record, listed };
}

/** What is asked of the case as a whole: the grade's criteria, the choice within a range, and how it is split. */
function answersOfCase(scheme: Scheme, input: CaseInput, listed: Listed, judged: Judged): JudgedAnswer[] {
  const { grade, criteria = [], gradeReason, splitBy = "equal" } = input;
  const graded = judgeGrade(scheme, { grade, criteria, reason: gradeReason });
  if (graded === null) throw assessmentRefusal("criteria_unmet");
  const row = { tip: null, answer: true, excludes: false };
  const chosen: JudgedAnswer[] = [];
  if (input.chosen !== undefined) {
    if (input.chosenReason === undefined) throw assessmentRefusal("range_reason");
    chosen.push({ ...row, question: "range", clause: scheme.document, reason: input.chosenReason });
  }
  const receivers = listed.informants.filter(({ tipId }) => !judged.excluded.has(tipId));
  const weighed = receivers.filter(({ weight }) => Number(weight ?? 0) > 0);
  if (splitBy === "equal" && weighed.length > 0) throw assessmentRefusal("split_weights");
  if (splitBy !== "equal" && (input.splitReason === undefined || weighed.length < receivers.length)) {
    throw assessmentRefusal("split_reason");
  }
  const reason = splitBy === "equal" ? null : (input.splitReason ?? null);
  return [
    ...graded,
    ...chosen,
    { ...row, question: `split:${splitBy}`, clause: scheme.split.clause, reason },
  ];
}

function againOf(input: CaseInput): { replaces: string; why: string } | null {
  if (input.replaces === undefined || input.replaces === null) return null;
  if (input.whyAgain === undefined) throw assessmentRefusal("again_reason");
  return { replaces: input.replaces, why: input.whyAgain };
}

function compute(schemeContent: unknown, rewardCase: unknown): AwardComputation {
  try {
    return replayAward(schemeContent, rewardCase);
  } catch (error) {
    if (error instanceof RewardInputError || error instanceof z.ZodError) throw refusal("case_incomplete");
    throw error;
  }
}
