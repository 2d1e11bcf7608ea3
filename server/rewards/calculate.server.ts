import { readSpokenFen } from "~/forms/spoken-amount";
import { hasMinorUnit } from "~/forms/format-money";
import { findRange } from "./apply-rate";
import { caseSchema, type RewardCase } from "./case";
import type { RewardFlag } from "./compute-award";
import { computeAward } from "./compute-award";
import { describeSituation } from "./evaluate-gates";
import { explainAward, type ExplainedStep } from "./explain-award";
import { compare, divide, fraction, multiply, parseFraction } from "./fraction";
import { RewardInputError } from "./reward-errors";
import type { Condition, Scheme } from "./scheme-grammar";
import { baseKeys, type BaseKey, type Currency } from "./scheme-parts";

/** What the calculator asks for under one scheme: nothing that the scheme has no use for. */
export type CalculatorFields = {
  readonly grades: readonly { readonly grade: number; readonly title: { zh: string; en: string } }[];
  readonly stages: Scheme["stages"];
  readonly caseClasses: Scheme["caseClasses"];
  readonly bases: readonly BaseKey[];
  /** What the scheme leaves to whoever assesses; null where it leaves nothing. */
  readonly ranges: "amount" | "rate" | "both" | null;
};

export function describeFields(scheme: Scheme): CalculatorFields {
  const rates = scheme.branches.flatMap((branch) => branch.rates);
  const conditions: Condition[] = [...scheme.caps, ...scheme.factors, ...scheme.uplifts].map(
    ({ when }) => when,
  );
  const stages = rates.flatMap(({ form }) => (form.kind === "stages" ? form.stages : []));
  const asked = new Set<BaseKey>([
    ...scheme.branches.flatMap(({ base, components = [] }) => [
      ...(base === null ? [] : [base]),
      ...components.flatMap((each) => (each.counts && each.base ? [each.base] : [])),
    ]),
    ...scheme.gates.flatMap((gate): BaseKey[] =>
      gate.kind === "minimum" && gate.base !== "selected"
        ? [gate.base]
        : gate.kind === "collected"
          ? ["collected"]
          : [],
    ),
    ...stages.flatMap(({ minimum }) => (minimum ? [minimum.base] : [])),
    ...conditions.flatMap((when) => (when?.kind === "reaches" ? [when.base] : [])),
    ...scheme.caps.flatMap(({ share }) => (share ? [share.of] : [])),
  ]);
  const written = JSON.stringify(rates);
  const leaves = (of: "amount" | "rate") => written.includes(`"kind":"${of}Range"`);
  return {
    grades: scheme.grades.map(({ grade, title }) => ({ grade, title })),
    stages: scheme.stages,
    caseClasses: scheme.caseClasses,
    bases: baseKeys.filter((key) => asked.has(key)),
    ranges: leaves("amount") ? (leaves("rate") ? "both" : "amount") : leaves("rate") ? "rate" : null,
  };
}

/** Which field is wrong: its words are the page's. `range` (minor units, or a percentage) is what a choice must meet. */
export type CalculatorError = {
  readonly field: string;
  readonly kind: "grade" | "stage" | "caseClass" | "amount" | "chosenAmount" | "chosenRate";
  readonly range?: { readonly from: string; readonly to: string; readonly open: boolean };
};

export type Calculation = {
  readonly award: string;
  readonly currency: Currency;
  readonly steps: readonly ExplainedStep[];
  readonly flags: readonly RewardFlag[];
};

/**
 * An award from what was typed into the calculator: amounts as people write them, in the scheme's currency, and choices
 * by their ids; never anything of a person. The decision counts as final.
 */
export function calculate(
  scheme: Scheme,
  query: URLSearchParams,
): { result: Calculation | null; errors: CalculatorError[] } {
  const fields = describeFields(scheme);
  const errors: CalculatorError[] = [];
  const said = (name: string) => (query.get(name) ?? "").trim().slice(0, 60);

  const grade = fields.grades.find((each) => String(each.grade) === said("grade"))?.grade ?? null;
  if (fields.grades.length > 0 && grade === null) errors.push({ field: "grade", kind: "grade" });
  const stage = fields.stages.find(({ id }) => id === said("stage"))?.id ?? null;
  if (fields.stages.length > 0 && stage === null) errors.push({ field: "stage", kind: "stage" });
  const caseClass = fields.caseClasses.find(({ id }) => id === said("class"))?.id ?? null;
  if (said("class") !== "" && fields.caseClasses.length > 0 && caseClass === null) {
    errors.push({ field: "class", kind: "caseClass" });
  }
  const bases: Partial<Record<BaseKey, string>> = {};
  for (const key of fields.bases) {
    if (said(key) === "") continue;
    const amount = readAmount(said(key), scheme.currency);
    if (amount === null) errors.push({ field: key, kind: "amount" });
    else bases[key] = amount.toString();
  }
  const kind = ["anonymous", "insider"].find((each) => each === said("kind")) ?? "named";
  if (errors.length > 0) return { result: null, errors };

  const plain = caseSchema.parse({
    ...{ grade, stage, caseClass, bases, final: true },
    informants: [{ id: "a", kind }],
  });
  return choose(scheme, plain, said("chosen"));
}

function choose(
  scheme: Scheme,
  plain: RewardCase,
  typed: string,
): { result: Calculation | null; errors: CalculatorError[] } {
  const range = findRange(describeSituation(scheme, plain));
  const chosen =
    range === null ? null : range.kind === "rateRange" ? readRate(typed) : readAmount(typed, scheme.currency);
  try {
    const rewardCase = { ...plain, chosen: chosen === null ? null : chosen.toString() };
    const { award, currency, flags } = computeAward(scheme, rewardCase);
    return { result: { award, currency, flags, steps: explainAward(scheme, rewardCase) }, errors: [] };
  } catch (error) {
    if (!(error instanceof RewardInputError) || range === null) throw error;
    const { from, to } = range;
    return {
      result: null,
      errors: [
        {
          field: "chosen",
          kind: range.kind === "rateRange" ? "chosenRate" : "chosenAmount",
          range: { from: from.value, to: to.value, open: !from.inclusive },
        },
      ],
    };
  }
}

/** Minor units of the currency; null for what is no amount, or is finer than the currency. */
export function readAmount(text: string, currency: Currency): bigint | null {
  const bare = text
    .normalize("NFKC")
    .replace(/(?:us|jp)?\$|₩|韩元|美元|日元/giu, "")
    .replace(/(?:usd|krw|jpy|won)/giu, "");
  const hundredths = readSpokenFen(bare);
  if (hundredths === null || hasMinorUnit(currency)) return hundredths;
  return hundredths % 100n === 0n ? hundredths / 100n : null;
}

/** `20%`, `20` and `0.2` are all one fifth; as the decimal string that a case carries. Null for anything else. */
function readRate(text: string): string | null {
  const match = /^(\d{1,3}(?:\.\d{1,8})?)(%?)$/.exec(text.normalize("NFKC").replace(/\s+/g, ""));
  if (match === null) return null;
  const value = parseFraction(match[1] ?? "0");
  const percent = match[2] === "%" || compare(value, fraction(1n)) >= 0;
  const rate = percent ? divide(value, fraction(100n)) : value;
  const scaled = multiply(rate, fraction(10n ** 12n));
  const digits = scaled.numerator.toString().padStart(13, "0");
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "") || "0";
}
