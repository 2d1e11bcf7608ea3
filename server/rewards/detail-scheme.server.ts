import type { Language } from "~server/packs/look-up-pack";
import type { Scheme } from "./scheme-grammar";

export type SchemeDetail = ReturnType<typeof detailScheme>;

/** What a scheme's own page tells besides its text on /rewards: every further rule with its clause. */
export function detailScheme(scheme: Scheme, language: Language) {
  const say = (each: { clause: string; note: Record<Language, string> }) => ({
    text: each.note[language],
    clause: each.clause,
  });
  const name = (each: { clause: string; title: Record<Language, string> }) => ({
    text: each.title[language],
    clause: each.clause,
  });
  const { window, anonymous, identityCode, cashUpTo, clause } = scheme.claim;
  return {
    readings: (scheme.readings ?? []).map((each) => each[language]),
    components: scheme.branches.flatMap(({ components = [] }) =>
      components.map((each) => ({ ...say(each), counts: each.counts })),
    ),
    stages: scheme.branches.flatMap(({ rates }) =>
      rates.flatMap(({ form }) => (form.kind === "stages" ? form.stages.map(name) : [])),
    ),
    classes: scheme.caseClasses.map(name),
    more: [...scheme.factors, ...scheme.uplifts, ...(scheme.supplement ? [scheme.supplement] : [])].map(say),
    ladder: scheme.approval.ladder.map((each) => ({
      ...name(each),
      consult: each.consult.length > 0,
    })),
    claim: {
      clause,
      window,
      anonymous: anonymous !== "none",
      more: cashUpTo ? [say(cashUpTo)] : [],
    },
    /** What no computation does: staff apply these when a reward is paid or taken back. */
    byPeople: [...(identityCode ? [identityCode] : []), ...(scheme.terms ?? []), scheme.clawback].map(say),
    taxable: scheme.tax.taxable ? scheme.tax.clause : null,
  };
}
