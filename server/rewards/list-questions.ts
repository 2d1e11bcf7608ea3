import type { Scheme } from "./scheme-grammar";

/** One gate or exclusion asked of one informant. `excludes`: the answer that leaves them without a share. */
export type Question = {
  /** `exclusion:official`, `gate:naturalPersons`, `portal:useful`: what rows and form fields are named by. */
  readonly id: string;
  readonly clause: string;
  readonly title: string;
  readonly excludes: boolean;
};

/** Gates the case carries no fact for: the officer answers, of each informant. */
const ASKED_GATES = ["naturalPersons", "notKnownBefore"] as const;

/** What the portal asks under every scheme, with the scheme's own document as its clause. */
const PORTAL_QUESTIONS = [
  { id: "portal:useful", title: "提供了对查办有用的线索或者补充", excludes: false },
  // Never twice for the same facts, across agencies.
  { id: "portal:rewarded-elsewhere", title: "就同一事实已由其他机关给予奖励", excludes: true },
] as const;

export const USEFUL = "portal:useful";
export const WITHDRAWN = "portal:withdrawn";
/** Asked of the case where it is rewarded by a scheme that is not its own plan's. */
export const OTHER_SCHEME = "scheme";

/** Everything asked of each informant, in the order it is asked: gates, the scheme's exclusions, the portal's own. */
export function listQuestions(scheme: Scheme): Question[] {
  const gates = scheme.gates.filter(({ kind }) => ASKED_GATES.some((asked) => asked === kind));
  return [
    ...gates.map(({ kind, clause, title }) => ({
      id: `gate:${kind}`,
      clause,
      title: title.zh,
      excludes: false,
    })),
    ...scheme.exclusions.map(({ id, clause, title }) => ({
      id: `exclusion:${id}`,
      clause,
      title: title.zh,
      excludes: true,
    })),
    ...PORTAL_QUESTIONS.map((question) => ({ ...question, clause: scheme.split.clause })),
  ];
}

/** A grade's criteria one by one, as the scheme strings them together. */
export function listCriteria(criteria: string): string[] {
  return criteria
    .replace(/。$/, "")
    .split(/[，；]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
