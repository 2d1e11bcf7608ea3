import type { StatusRefusal } from "~server/messages/act-on-status.server";
import { formText } from "./form-text";
import { isAnswerStep, isStep, type AnswerStep } from "./report";
import { readStepForm, STEP_FIELDS, type Values } from "./report-fields";
import type { From } from "./report-way";

/** What was typed on a page whose draft is out of reach, exactly as typed, on its way back into the draft. */
export type Carried = {
  /** null where nothing was typed. */
  readonly step: AnswerStep | null;
  readonly from: From;
  readonly values: Values;
  /** Files were on their way: they cannot be carried. */
  readonly files: boolean;
};

/** The page in place of a question whose draft is out of reach. */
export type DraftEnded = {
  readonly kind: "draft_ended";
  readonly carried: Carried;
  readonly typed: string;
  /**
   * `sent`: the receipt is that of a report already sent. `unread`: this browser holds the receipt of a report just
   * sent, which nobody has shown to have written down; it must not make way for a new one.
   */
  readonly fault: StatusRefusal["fault"] | { readonly kind: "sent" } | { readonly kind: "unread" };
  readonly work: StatusRefusal["work"];
};

export const NOTHING_CARRIED: Carried = { step: null, from: null, values: {}, files: false };

/** The page in place of one whose report was sent meanwhile, from another tab: what was asked for and did not happen. */
export type AlreadySent = { readonly kind: "already_sent" } & (
  | {
      readonly late: "words";
      readonly step: AnswerStep;
      /** What was typed, exactly; nothing of it is kept. */
      readonly values: Values;
      /** The pack's words for what was chosen from it. */
      readonly names: Readonly<Record<string, string>>;
    }
  /** Files by name, in the order in which they came; none of them is kept. */
  | { readonly late: "files"; readonly files: readonly string[] }
  /** A file was to be removed; it went with the report. */
  | { readonly late: "removal" }
);

/** Reads back what `carriedFields` put into the page; the field names are those of the question itself. */
export function readCarried(form: FormData): Carried {
  const step = formText(form, "step");
  const from = formText(form, "from");
  const known = isStep(step) && isAnswerStep(step) ? step : null;
  return {
    step: known,
    from: from === "check" || from === "overview" ? from : null,
    values: known === null ? {} : readStepForm(known, form),
    files: formText(form, "files") === "1",
  };
}

/** Everything a page carries, as the names and values of its hidden fields. */
export function carriedFields({
  step,
  from,
  values,
  files,
}: Carried): readonly (readonly [string, string])[] {
  const answers =
    step === null
      ? []
      : STEP_FIELDS[step].flatMap((name) => [values[name] ?? []].flat().map((text) => [name, text] as const));
  return [
    ...(step === null ? [] : [["step", step] as const]),
    ...(from === null ? [] : [["from", from] as const]),
    ...(files ? [["files", "1"] as const] : []),
    ...answers,
  ];
}

/** Whether anything typed goes along. */
export function hasAnswers({ values }: Carried): boolean {
  return Object.values(values).some((value) => [value].flat().some((text) => text.trim() !== ""));
}

export function isDraftEnded(value: unknown): value is DraftEnded {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "draft_ended";
}

export function isAlreadySent(value: unknown): value is AlreadySent {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "already_sent";
}
