import type { Language } from "~server/packs/look-up-pack";
import type { Scheme } from "./scheme-grammar";

/** `clause` is null where the rule is the editable default's own: the page says so once. */
export type SchemeRule = { readonly text: string; readonly clause: string | null };

export type SchemeDescription = {
  readonly title: string;
  readonly source: string;
  readonly editableDefault: boolean;
  readonly gates: readonly SchemeRule[];
  readonly branches: readonly {
    readonly title: string;
    readonly text: string;
    readonly rates: readonly SchemeRule[];
    readonly floors: readonly SchemeRule[];
  }[];
  readonly grades: readonly { readonly title: string; readonly criteria: string }[];
  readonly caps: readonly SchemeRule[];
  readonly rounding: SchemeRule;
  readonly split: SchemeRule;
  readonly exclusions: readonly string[];
  /** The source that frees a reward from income tax; null where the scheme names none. */
  readonly untaxed: string | null;
};

type Rule = { clause: string; title: Record<Language, string>; note: Record<Language, string> };

/** A scheme as a citizen reads it: each rule a sentence with its clause. */
export function describeScheme(scheme: Scheme, language: Language): SchemeDescription {
  const source = (clause: string) => (clause.startsWith(scheme.id) ? null : clause);
  const say = ({ clause, note }: Rule): SchemeRule => ({ text: note[language], clause: source(clause) });
  // A floor's note speaks of “the result”; its title says of which grade.
  const sayShort = ({ clause, title }: Rule): SchemeRule => ({
    text: title[language],
    clause: source(clause),
  });
  return {
    title: scheme.title[language],
    source: scheme.source[language],
    editableDefault: scheme.editableDefault,
    gates: scheme.gates.map(say),
    branches: scheme.branches.map((branch) => ({
      title: branch.title[language],
      text: branch.note[language],
      rates: branch.rates.map(say),
      floors: branch.floors.map(sayShort),
    })),
    grades: scheme.grades.map(({ title, criteria }) => ({
      title: title[language],
      criteria: criteria[language],
    })),
    caps: scheme.caps.flatMap((cap) => [say(cap), ...(cap.lift === null ? [] : [say(cap.lift)])]),
    rounding: say(scheme.rounding),
    split: say(scheme.split),
    exclusions: scheme.exclusions.map(({ title }) => title[language]),
    untaxed: scheme.tax.taxable ? null : scheme.tax.clause,
  };
}
