import {
  MEASURE_KINDS,
  PRESERVATION_DECISIONS,
  RESULTS_OF,
  type LetterKind,
  type StepKind,
} from "~server/handling/handling-kinds";
import type { staffHandling } from "~/i18n/zh-CN/staff-handling";

export type HandlingField = keyof typeof staffHandling.fields;
type Hint = keyof typeof staffHandling.hints;

/** One field of a form of the handling page; `options` are keys below `handling.<words>`. */
export type FieldSpec = {
  readonly name: HandlingField;
  readonly as?: "text" | "area" | "choice";
  readonly label?: HandlingField;
  readonly hint?: Hint;
  readonly options?: readonly string[];
  readonly words?:
    | "measureKinds"
    | "units"
    | "decisions"
    | "results.review"
    | "results.judged"
    | "results.receipt"
    | "results.closed";
};

const basis: FieldSpec = { name: "legalBasis" };
const onDay: FieldSpec = { name: "onDay", hint: "day" };
const note: FieldSpec = { name: "note", as: "area", hint: "summary" };
const days: FieldSpec = { name: "days" };
const unit: FieldSpec = { name: "unit", as: "choice", options: ["working", "calendar"], words: "units" };
const recipient: FieldSpec = { name: "recipient" };
const items: FieldSpec = { name: "items", as: "area", hint: "items" };
const replyTo: FieldSpec = { name: "replyTo" };
const reason: FieldSpec = { name: "reason", as: "area", hint: "summary" };

export const MEASURE_FORM: readonly FieldSpec[] = [
  { name: "kind", as: "choice", options: MEASURE_KINDS, words: "measureKinds" },
  { name: "takenOn", hint: "day" },
  basis,
  { name: "documentNumber", hint: "optional" },
  { name: "summary", as: "area", hint: "summary" },
  { name: "reviewOn", hint: "reviewOn" },
];
export const OUTCOME_FORM: readonly FieldSpec[] = [{ name: "outcome", as: "area", hint: "summary" }];

export const LETTER_FORMS: Readonly<Record<LetterKind, readonly FieldSpec[]>> = {
  rectify: [recipient, basis, { name: "items", as: "area", hint: "itemsRectify" }, days, unit],
  repayment: [recipient, basis, items, days],
  // Its recipients are the bodies that hold the lead.
  forward: [
    { name: "recipient", as: "choice", label: "forwardTo", hint: "forwardTo" },
    basis,
    items,
    days,
    unit,
    replyTo,
  ],
  sites: [recipient, basis, items, replyTo],
  transfer: [recipient, basis, reason, items],
};

const result = (of: keyof typeof RESULTS_OF): FieldSpec => ({
  name: "result",
  as: "choice",
  options: RESULTS_OF[of],
  words: `results.${of}`,
});

/** A bundle is built on a page of its own. */
export const STEP_FORMS: Readonly<Record<Exclude<StepKind, "bundle">, readonly FieldSpec[]>> = {
  served: [onDay, note],
  reminded: [onDay, note],
  received: [onDay, note],
  answered: [onDay, { name: "documentNumber", hint: "optional" }, note],
  judged: [onDay, result("judged"), note],
  review: [onDay, result("review"), { name: "extendDays", hint: "extendDays" }, note],
  closed: [onDay, result("closed"), note],
  receipt: [
    onDay,
    result("receipt"),
    { name: "documentNumber", label: "caseNumber" },
    { name: "note", as: "area", hint: "refusedNote" },
  ],
};

export const PRESERVE_FORM: readonly FieldSpec[] = [
  { name: "item" },
  { name: "quantity" },
  { name: "place" },
  { name: "holder" },
  { name: "takenOn", hint: "day" },
  basis,
  { name: "sha256", hint: "sha256" },
];
export const CUSTODY_FORMS: Readonly<Record<"handover" | "decided", readonly FieldSpec[]>> = {
  handover: [onDay, { name: "fromHolder" }, { name: "toHolder" }, reason],
  decided: [
    onDay,
    { name: "decision", as: "choice", options: PRESERVATION_DECISIONS, words: "decisions" },
    reason,
  ],
};

const FORMS = [
  ...["measure", "outcome", "preserve", "handover", "decided"],
  ...Object.keys(LETTER_FORMS),
  ...Object.keys(STEP_FORMS),
];

/** Whether a form, by its name on the page, is one of the handling page's. */
export function isHandling(form: string): boolean {
  return FORMS.includes(form.split("-")[0] ?? "");
}
