import { listCriteria, listQuestions, USEFUL, WITHDRAWN } from "./list-questions";
import type { Scheme } from "./scheme-grammar";

export type GivenAnswer = { readonly answer: boolean; readonly reason?: string };

/** One row of the record; `tip` is null for what is asked of the case. */
export type JudgedAnswer = {
  readonly question: string;
  readonly clause: string;
  readonly tip: string | null;
  readonly answer: boolean;
  readonly excludes: boolean;
  readonly reason: string | null;
};

export type AnsweredInformant = {
  readonly tipId: string;
  /** Its place among those who asked for a reward, as the page shows it. */
  readonly place: number;
  readonly answers: Readonly<Record<string, GivenAnswer>>;
  /** The report was taken back: left out by rule. */
  readonly withdrawn: boolean;
};

export type Judged = {
  readonly answers: readonly JudgedAnswer[];
  /** Why an informant gets nothing: the id of the first answer that says so. */
  readonly excluded: ReadonlyMap<string, string>;
  /** Questions without an answer, and answers without the reason they need. */
  readonly missing: readonly { readonly place: number; readonly title: string }[];
  readonly unknown: boolean;
};

/**
 * Judges every question of the scheme of every informant. An answer that excludes needs a reason; so does the useful
 * addition of whoever shares after the first who receives. A report that was taken back is left out by rule.
 */
export function judgeAnswers(scheme: Scheme, informants: readonly AnsweredInformant[]): Judged {
  const questions = listQuestions(scheme);
  const known = new Set(questions.map(({ id }) => id));
  const answers: JudgedAnswer[] = [];
  const excluded = new Map<string, string>();
  const missing: { place: number; title: string }[] = [];
  let receivers = 0;
  for (const one of informants) {
    const leftOut = questions.find(({ id, excludes }) => one.answers[id]?.answer === excludes);
    const comesLater = receivers > 0 && leftOut === undefined && !one.withdrawn;
    for (const { id, clause, title, excludes } of questions) {
      const given = one.answers[id];
      const mustExplain = given?.answer === excludes || (id === USEFUL && comesLater);
      if (given === undefined || (mustExplain && given.reason === undefined)) {
        missing.push({ place: one.place, title });
        continue;
      }
      answers.push({
        ...{ question: id, clause, tip: one.tipId, answer: given.answer },
        excludes: given.answer === excludes,
        reason: given.reason ?? null,
      });
    }
    if (one.withdrawn) {
      const clause = scheme.exclusions.find(({ id }) => id === "withdrawn")?.clause ?? scheme.document;
      const row = { question: WITHDRAWN, clause, tip: one.tipId, answer: true, excludes: true };
      answers.push({ ...row, reason: "举报人撤回了举报" });
    }
    const why = one.withdrawn ? WITHDRAWN : leftOut?.id;
    if (why === undefined) receivers += 1;
    else excluded.set(one.tipId, why.replace(/^exclusion:/, ""));
  }
  const unknown = informants.some((one) => Object.keys(one.answers).some((id) => !known.has(id)));
  return { answers, excluded, missing, unknown };
}

/**
 * The grade's criteria, each ticked, with the reason; null where one is not met or the reason lacks. A scheme without
 * grades asks nothing.
 */
export function judgeGrade(
  scheme: Scheme,
  given: {
    readonly grade: number | null;
    readonly criteria: readonly number[];
    readonly reason: string | undefined;
  },
): JudgedAnswer[] | null {
  const grade = scheme.grades.find((each) => each.grade === given.grade);
  if (grade === undefined) return [];
  const criteria = listCriteria(grade.criteria.zh);
  if (given.reason === undefined || criteria.some((_, at) => !given.criteria.includes(at))) return null;
  const name = `grade:${String(grade.grade)}`;
  const row = { clause: grade.clause, tip: null, answer: true, excludes: false };
  return [
    ...criteria.map((_, at) => ({ ...row, question: `${name}:${String(at)}`, reason: null })),
    { ...row, question: name, reason: given.reason },
  ];
}
