import type { Scheme } from "./scheme-grammar";

export type SchemeChoices = ReturnType<typeof describeChoices>;

/** What a scheme leaves to whoever assesses: its grades, ranges, classes, stages, exclusions, what needs consent, and a lift of its cap. */
export function describeChoices(scheme: Scheme) {
  const rates = scheme.branches.flatMap((branch) => branch.rates);
  const lift = scheme.caps.find((cap) => cap.lift !== null)?.lift ?? null;
  const consented = [...scheme.factors, ...scheme.uplifts].filter(
    ({ consent, multiplyBy }) => consent !== null && multiplyBy !== null,
  );
  return {
    grades: scheme.grades.map(({ grade, title, criteria }) => ({
      grade,
      title: title.zh,
      criteria: criteria.zh,
    })),
    /** The rules that ask for a choice within a range, in the scheme's own words. */
    ranges: rates.filter(({ form }) => leavesRange(form)).map(({ title, note }) => `${title.zh}。${note.zh}`),
    caseClasses: scheme.caseClasses.map(({ id, title }) => ({ id, title: title.zh })),
    stages: scheme.stages.map(({ id, title }) => ({ id, title: title.zh })),
    exclusions: scheme.exclusions.map(({ id, title }) => ({ id, title: title.zh })),
    /** What is paid beyond the rate only with finance's consent, in the scheme's own words; null where nothing is. */
    consent: consented.length === 0 ? null : consented.map(({ title }) => title.zh).join("；"),
    lift: lift === null ? null : `${lift.title.zh}（${lift.clause}）`,
  };
}

function leavesRange(form: Scheme["branches"][number]["rates"][number]["form"]): boolean {
  const isRange = (kind: string) => kind === "amountRange" || kind === "rateRange";
  if (form.kind === "brackets") return form.brackets.some(({ outcome }) => isRange(outcome.kind));
  if (form.kind === "stages") return form.stages.some(({ outcome }) => isRange(outcome.kind));
  return isRange(form.kind);
}
