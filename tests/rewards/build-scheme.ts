import type { RateForm } from "~server/rewards/rate-grammar";
import type { RewardCase } from "~server/rewards/case";
import { caseSchema } from "~server/rewards/case";
import type { Branch, Gate, Scheme } from "~server/rewards/scheme-grammar";
import { parseScheme } from "~server/rewards/load-scheme.server";
import { stepNames, type AmountBound, type BaseKey } from "~server/rewards/scheme-parts";

const words = { zh: "规则", en: "rule" };

export function rule(clause: string) {
  return { clause, title: words, note: words };
}

export const incl = (value: string): AmountBound => ({ value, inclusive: true });
export const excl = (value: string): AmountBound => ({ value, inclusive: false });

export function minimumGate(base: BaseKey, at: AmountBound): Gate {
  return { kind: "minimum", ...rule("minimum"), base, at };
}

export const finalGate: Gate = { kind: "final", ...rule("final") };

/** One branch; the forms by grade, or under 0 for a scheme without grades. */
export function branch(
  base: BaseKey | null,
  forms: Record<number, RateForm>,
  floors: Record<number, string> = {},
): Branch {
  const gradeOf = (key: string) => (key === "0" ? null : Number(key));
  return {
    ...rule("branch"),
    base,
    rates: Object.entries(forms).map(([key, form]) => ({
      grade: gradeOf(key),
      ...rule(`rate ${key}`),
      form,
    })),
    floors: Object.entries(floors).map(([key, amount]) => ({
      grade: gradeOf(key),
      ...rule(`floor ${key}`),
      amount,
      withoutBase: false,
    })),
  };
}

export function cap(amount: string, when: Scheme["caps"][number]["when"] = null): Scheme["caps"][number] {
  return { ...rule(`cap ${amount}`), when, amount, lift: null };
}

export function percentBrackets(...rows: [AmountBound | null, AmountBound | null, string][]): RateForm {
  return {
    kind: "brackets",
    brackets: rows.map(([from, to, rate], at) => ({
      clause: `bracket ${at}`,
      title: words,
      from,
      to,
      outcome: { kind: "percent", rate },
    })),
  };
}

/** A scheme as data, unchecked; what is not said is the simplest thing. */
export function schemeData(over: Partial<Scheme> & { branches: Branch[] }): Scheme {
  const grades = [...new Set(over.branches.flatMap(({ rates }) => rates.map(({ grade }) => grade)))];
  const ids = over.branches.flatMap(({ rates }) =>
    rates.flatMap(({ form }) => (form.kind === "stages" ? form.stages.map(({ id }) => id) : [])),
  );
  return {
    id: "fixture",
    version: "1",
    title: words,
    document: "DOC 1",
    source: words,
    jurisdiction: "test",
    currency: "CNY",
    effective: { from: "2026-01-01", to: null },
    editableDefault: false,
    stepOrder: [...stepNames],
    grades: grades
      .filter((grade) => grade !== null)
      .map((grade) => ({ grade, clause: "grades", title: words, criteria: words })),
    caseClasses: [],
    stages: [...new Set(ids)].map((id) => ({ id, clause: "stages", title: words })),
    gates: [],
    factors: [],
    uplifts: [],
    caps: [],
    rounding: { ...rule("rounding"), mode: "half-up" },
    split: { ...rule("split"), by: "weights", remainder: "largest", ties: "earlier" },
    exclusions: [],
    approval: {
      clause: "approval",
      differentPeople: true,
      ladder: [
        {
          clause: "approval",
          title: words,
          from: null,
          to: null,
          steps: ["prepare", "review", "approve"],
          consult: [],
        },
      ],
    },
    claim: {
      clause: "claim",
      window: null,
      lapses: false,
      byProxy: false,
      byHeir: false,
      anonymous: "claimCode",
    },
    tax: { clause: "tax", taxable: false },
    clawback: { clause: "clawback", note: words, grounds: [] },
    ...over,
  };
}

/** A checked scheme, through JSON as a file would be. */
export function buildScheme(over: Partial<Scheme> & { branches: Branch[] }): Scheme {
  const json: unknown = JSON.parse(JSON.stringify(schemeData(over)));
  return parseScheme(json, "fixture.json").scheme;
}

/** A case of one named informant, final, unless said otherwise; checked as the command checks it. */
export function buildCase(over: Record<string, unknown> = {}): RewardCase {
  return caseSchema.parse({
    grade: 1,
    bases: {},
    informants: [{ id: "a", kind: "named" }],
    final: true,
    ...over,
  });
}
