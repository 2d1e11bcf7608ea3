import { z } from "zod";
import type { Tx } from "~db/client.server";
import { refusal } from "~server/ledger/refusals.server";
import { answersMissing, assessmentRefusal } from "./assessment-refusals.server";
import {
  buildCase,
  readFinding,
  readListed,
  type CaseChoices,
  type Finding,
  type Listed,
} from "./build-case.server";
import type { RewardCase } from "./case";
import type { AwardComputation } from "./compute-award";
import { findScheme, whyThisVersion } from "./find-scheme.server";
import { checkHolders } from "./earlier-holders.server";
import { judgeAnswers, judgeGrade, type Judged, type JudgedAnswer } from "./judge-answers";
import { OTHER_SCHEME } from "./list-questions";
import { readStoredScheme } from "./load-scheme.server";
import { isLocalLine } from "./read-local-scheme.server";
import { readAlready } from "./read-already.server";
import { replayAward } from "./replay-award.server";
import { RewardInputError } from "./reward-errors";
import type { Scheme } from "./scheme-grammar";
import { exclusionSpares } from "./scheme-refusals.server";
import { writeRecord, type AssessmentRecord } from "./write-record.server";

export type CaseInput = CaseChoices & {
  readonly leadId: string;
  readonly stage: "interim" | "final" | "supplement";
  readonly schemeId: string;
  /** Why a scheme other than that of the lead's own plan. */
  readonly schemeReason?: string;
  /** The live computation the preparer saw and replaces, and why; null where they saw none. */
  readonly replaces?: string | null;
  readonly whyAgain?: string;
};

export type ComputedCase = {
  readonly finding: Finding;
  readonly rewardCase: RewardCase;
  readonly scheme: Awaited<ReturnType<typeof findScheme>>;
  /** Which rule chose the scheme's version, with its clause and the days it rests on. */
  readonly why: ReturnType<typeof whyThisVersion>;
  readonly computation: AwardComputation;
  readonly record: AssessmentRecord;
  readonly listed: Listed;
};

/**
 * The computation of a lead's reward from what is stored and what the preparer answered and chose: the same for the
 * preview and for the act that saves it. `year` is the fiscal year of the assessment, for limits of a year. Throws
 * `finding_apart`, `question_unknown`, `answers_missing`, `exclusion_spares`, `informant_withdrawn`,
 * `earlier_passed_over`, `criteria_unmet`, `scheme_reason`, `range_reason`, `split_reason`, `split_weights`,
 * `again_reason`, `stage_unknown`, `case_incomplete`, and what readFinding, readListed, findScheme and checkHolders throw.
 */
export async function computeCase(
  tx: Tx,
  input: CaseInput,
  personId: string,
  year: number,
): Promise<ComputedCase> {
  const finding = await readFinding(tx, input.leadId);
  if (finding.verifiedBy === personId || finding.recordedBy === personId) throw refusal("finding_apart");
  const listed = await readListed(tx, input.leadId, input.informants);
  const row = await findScheme(tx, input.schemeId, listed.firstArrivedOn);
  const scheme = readStoredScheme(row.content);
  checkStage(scheme, input);
  const judged = judgeAnswers(scheme, listed.informants);
  if (judged.unknown) throw assessmentRefusal("question_unknown");
  if (judged.missing.length > 0) throw answersMissing(judged.missing);
  if (listed.passedOver > 0 && input.passOverReason === undefined) {
    throw assessmentRefusal("earlier_passed_over");
  }
  if ((input.replaces ?? null) !== null) await checkHolders(tx, input, listed);
  checkSpared(scheme, input, judged);
  const built = buildCase(finding, input, listed, judged);
  const already = await readAlready(
    tx,
    { leadId: input.leadId, stage: input.stage, line: row.line, year },
    scheme,
  );
  const rewardCase = already === undefined ? built : { ...built, already };
  const computation = compute(row.content, rewardCase);
  const record = writeRecord({
    answers: [
      ...judged.answers,
      ...(await answerOfScheme(tx, input, row.line, scheme)),
      ...answersOfCase(scheme, input, listed, judged),
    ],
    order: listed.informants.map(({ tipId, arrivalNo }) => ({ tip: tipId, arrivalNo })),
    passedOver:
      listed.passedOver === 0 ? null : { count: listed.passedOver, reason: input.passOverReason ?? "" },
    again: againOf(input),
  });
  const why = whyThisVersion(row, listed.firstArrivedOn);
  return { finding, rewardCase, scheme: row, why, computation, record, listed };
}

/** Whoever signs sees why a case is rewarded by rules that are not those of its own place. */
async function answerOfScheme(
  tx: Tx,
  input: CaseInput,
  line: string,
  scheme: Scheme,
): Promise<JudgedAnswer[]> {
  if (await isLocalLine(tx, input.leadId, line)) return [];
  if (input.schemeReason === undefined) throw assessmentRefusal("scheme_reason");
  const row = { question: OTHER_SCHEME, clause: scheme.document, tip: null, answer: true, excludes: false };
  return [{ ...row, reason: input.schemeReason }];
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

/**
 * A stage besides the final one needs a scheme that pays in stages, a supplement one that supplements: any other would
 * pay the whole amount again.
 */
function checkStage(scheme: Scheme, input: CaseInput): void {
  const supplements = input.stage === "supplement" && scheme.supplement !== undefined;
  if (input.stage !== "final" && scheme.stages.length === 0 && !supplements) throw refusal("stage_unknown");
}

/** An exclusion that spares an informant's kind (insiders among participants) leaves none of that kind out. */
function checkSpared(scheme: Scheme, input: CaseInput, judged: Judged): void {
  for (const { tipId, kind } of input.informants) {
    const exclusion = scheme.exclusions.find(({ id }) => id === judged.excluded.get(tipId));
    if (exclusion?.exceptKinds?.includes(kind)) throw exclusionSpares(exclusion.title.zh, exclusion.clause);
  }
}
