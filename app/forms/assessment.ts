import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { checkbox, optionalChoice } from "./form-fields";
import { parseYuanToFen } from "./money";
import { parseForm, textOf, type FormValues, type ParsedForm } from "./parse-form";

export const INFORMANT_KINDS = ["anonymous", "named", "insider"] as const;

/** How one informant is treated: awarded, left out of this computation, or excluded for a reason of the scheme. */
export const EXCLUDE = "exclude:";

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
  readonly excluded?: string;
};

/** Reads 核算: the case's choices and, per informant, fields named `treat.<tip>`, `kind.<tip>` and `weight.<tip>`. */
export function parseAssessment(
  form: FormData,
): ParsedForm<z.output<typeof choices> & { informants: InformantFields[] }> {
  const parsed = parseForm(choices, form);
  const errors: Record<string, string> = parsed.ok ? {} : { ...parsed.errors };
  const values = formText(form);
  const informants: InformantFields[] = [];
  for (const name of Object.keys(values).filter((each) => each.startsWith("treat."))) {
    const tipId = name.slice("treat.".length);
    const treat = textOf(values, name);
    const kind = INFORMANT_KINDS.find((each) => each === textOf(values, `kind.${tipId}`));
    const share = weight.safeParse(textOf(values, `weight.${tipId}`));
    if (!uuid.safeParse(tipId).success || treat === "skip") continue;
    if (kind === undefined) errors[`kind.${tipId}`] = "chooseKind";
    else if (!share.success) errors[`weight.${tipId}`] = "weightWrong";
    else if (treat === "award" || treat.startsWith(EXCLUDE))
      informants.push({
        tipId,
        kind,
        ...(share.data === "" ? {} : { weight: share.data }),
        ...(treat === "award" ? {} : { excluded: String(cleanText(treat.slice(EXCLUDE.length))) }),
      });
  }
  if (informants.length === 0 && Object.keys(errors).length === 0) errors.informants = "needsInformant";
  // The field is there where the scheme has grades.
  if (parsed.ok && form.has("grade") && parsed.value.grade === null) errors.grade = "chooseGrade";
  if (parsed.ok && parsed.value.capLifted && parsed.value.approvalRef === undefined)
    errors.approvalRef = "needsApprovalRef";
  if (!parsed.ok || Object.keys(errors).length > 0) return { ok: false, values, errors };
  return { ok: true, value: { ...parsed.value, informants } };
}

function formText(form: FormData): FormValues {
  const values: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string") values[name] = value;
  return values;
}
