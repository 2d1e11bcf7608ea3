import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { checkbox, optionalChoice } from "./form-fields";
import { parseYuanToFen } from "./money";
import { formValues, parseForm, textOf, type FormValues, type ParsedForm } from "./parse-form";

export const INFORMANT_KINDS = ["anonymous", "named", "insider"] as const;

export const SPLIT_CHOICES = ["equal", "agreed", "contribution"] as const;
export const POOL_STAGES = ["interim", "final", "supplement"] as const;

/** 5 to 500 characters without a long number; `undefined` when empty. No name belongs here: the page says so. */
const reasonOf = (least: number, most: number, fault: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => value === "" || (value.length >= least && value.length <= most), fault)
      .refine((value) => !/[0-9０-９]{11}/.test(value.replace(/[-.:_/,·— 　]/g, "")), fault)
      .transform((value) => value || undefined),
  );
const reason = reasonOf(5, 500, "reasonPlain");

/** A document number: letters and short groups of digits, so that no name's or account's digits come in. */
const documentNumber = z.preprocess(
  (value) => (typeof value === "string" ? cleanNote(value) : ""),
  z
    .string()
    .refine((value) => value === "" || (value.length >= 3 && value.length <= 60), "referenceLength")
    .refine((value) => !/\d{11}/.test(value), "referenceLength")
    .transform((value) => value || undefined),
);

/** A rate (`3.5%`) as a decimal string, or an amount in 元 as 分: what a range of the scheme asks for. */
const chosen = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().transform((value, ctx) => {
    if (value === "") return undefined;
    const read = readPercent(value) ?? parseYuanToFen(value)?.toString() ?? null;
    if (read === null) ctx.addIssue({ code: "custom", message: "chosenWrong" });
    return read ?? undefined;
  }),
);

/** `3.5%` → `0.035`, exactly; null when it is no percentage. */
export function readPercent(text: string): string | null {
  const match = /^(\d{1,3})(?:\.(\d{1,10}))?\s*%$/.exec(text);
  if (match === null) return null;
  const digits = `${match[1] ?? ""}${match[2] ?? ""}`.padStart((match[2]?.length ?? 0) + 3, "0");
  const places = (match[2]?.length ?? 0) + 2;
  const whole = digits.slice(0, -places).replace(/^0+(?=\d)/, "");
  const rest = digits.slice(-places).replace(/0+$/, "");
  return rest === "" ? whole : `${whole}.${rest}`;
}

const choices = z.object({
  leadId: z.uuid("version"),
  replaces: z.preprocess((value) => value || null, z.uuid("version").nullable()),
  schemeId: z.preprocess(cleanText, z.string("version").min(1, "version").max(100, "version")),
  budgetId: z.uuid("chooseBudget"),
  grade: z.preprocess(
    (value) => value ?? "",
    z.union([
      z.literal("").transform(() => null),
      z
        .string()
        .regex(/^[1-9]$/, "chooseGrade")
        .transform(Number),
    ]),
  ),
  chosen,
  caseClass: optionalChoice,
  schemeStage: optionalChoice,
  capLifted: checkbox,
  approvalRef: documentNumber,
  consultationRef: documentNumber,
  stage: z.enum(POOL_STAGES).catch("final"),
  schemeReason: reason,
  gradeReason: reason,
  chosenReason: reason,
  splitBy: z.enum(SPLIT_CHOICES).catch("equal"),
  splitReason: reason,
  passOver: checkbox,
  passOverReason: reason,
  whyAgain: reason,
  objectionAnswer: reasonOf(10, 1000, "answerPlain"),
  expects: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "version")
    .optional(),
});

const weight = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().regex(/^((0|[1-9]\d{0,5})(\.\d{1,4})?)?$/, "weightWrong"),
);

const uuid = z.uuid();

export type InformantFields = {
  readonly tipId: string;
  readonly kind: (typeof INFORMANT_KINDS)[number];
  readonly weight?: string;
  readonly joint?: boolean;
  readonly answers: Readonly<Record<string, { readonly answer: boolean; readonly reason?: string }>>;
};

export type AssessmentFields = z.output<typeof choices> & {
  readonly informants: InformantFields[];
  /** The criteria ticked of the chosen grade, by their place. */
  readonly criteria: readonly number[];
};

/**
 * Reads 核算: the case's choices and, per informant, fields named `treat.<tip>`, `kind.<tip>`, `weight.<tip>`,
 * `joint.<tip>`, and for each question `a.<tip>.<question>` (yes, no) and `why.<tip>.<question>`.
 */
export function parseAssessment(form: FormData): ParsedForm<AssessmentFields> {
  const parsed = parseForm(choices, form);
  const errors: Record<string, string> = parsed.ok ? {} : { ...parsed.errors };
  const values = formValues(form);
  const informants: InformantFields[] = [];
  for (const name of Object.keys(values).filter((each) => each.startsWith("treat."))) {
    const tipId = name.slice("treat.".length);
    if (!uuid.safeParse(tipId).success || textOf(values, name) !== "award") continue;
    const kind = INFORMANT_KINDS.find((each) => each === textOf(values, `kind.${tipId}`));
    const share = weight.safeParse(textOf(values, `weight.${tipId}`));
    if (kind === undefined) errors[`kind.${tipId}`] = "chooseKind";
    else if (!share.success) errors[`weight.${tipId}`] = "weightWrong";
    else
      informants.push({
        ...{ tipId, kind, answers: readAnswers(values, tipId, errors) },
        ...(share.data === "" ? {} : { weight: share.data }),
        ...(textOf(values, `joint.${tipId}`) === "yes" ? { joint: true } : {}),
      });
  }
  if (informants.length === 0 && Object.keys(errors).length === 0) errors.informants = "needsInformant";
  // The field is there where the scheme has grades.
  if (form.has("grade") && textOf(values, "grade") === "") errors.grade = "chooseGrade";
  if (parsed.ok && parsed.value.capLifted && parsed.value.approvalRef === undefined)
    errors.approvalRef = "needsApprovalRef";
  if (parsed.ok && parsed.value.passOver && parsed.value.passOverReason === undefined)
    errors.passOverReason = "reasonPlain";
  if (!parsed.ok || Object.keys(errors).length > 0) return { ok: false, values, errors };
  const criteria = form.getAll(`criteria.${String(parsed.value.grade)}`).map(Number);
  return { ok: true, value: { ...parsed.value, informants, criteria } };
}

function readAnswers(
  values: FormValues,
  tipId: string,
  errors: Record<string, string>,
): InformantFields["answers"] {
  const answers: Record<string, { answer: boolean; reason?: string }> = {};
  const prefix = `a.${tipId}.`;
  for (const name of Object.keys(values).filter((each) => each.startsWith(prefix))) {
    const question = name.slice(prefix.length);
    const given = textOf(values, name);
    const why = reason.safeParse(textOf(values, `why.${tipId}.${question}`));
    if (!why.success) errors[`why.${tipId}.${question}`] = "reasonPlain";
    else if (given === "yes" || given === "no")
      answers[question] = {
        answer: given === "yes",
        ...(why.data === undefined ? {} : { reason: why.data }),
      };
  }
  return answers;
}
