import type { AnswerStep } from "./report";

/** The form fields of each page, in the order they are shown. `redLines` alone takes several values. */
export const STEP_FIELDS = {
  mode: ["mode"],
  relation: ["relation"],
  kind: ["subjectKind"],
  subject: ["name", "nameUnknown", "uscc"],
  online: ["sites", "apps"],
  "in-charge": ["responsible", "phonesOrAccounts"],
  territory: ["operating", "registered", "occurred"],
  sector: ["sector"],
  "red-lines": ["redLines"],
  time: ["startedOn", "ongoing", "endedOn"],
  amounts: ["amount", "amountExact", "ownLoss"],
  scale: ["people", "peopleExact", "promisedYield"],
  narrative: ["narrative"],
  source: ["source", "prior", "priorWhere"],
  identity: ["contactName", "idKind", "idNumber"],
  contact: ["contactPhone", "contactEmail"],
  notice: ["noticeEmail"],
  official: ["official"],
  reward: ["wantsReward", "noConflict"],
  declaration: ["truthful"],
} as const satisfies Record<AnswerStep, readonly string[]>;

export type FieldName = (typeof STEP_FIELDS)[AnswerStep][number];
export type Values = Record<string, string | string[]>;
/** The first fault of each field, as a key of the catalogue's `report.errors`. */
export type FieldErrors = { [F in FieldName]?: string };

/** The last choice of every checklist (其他，或者说不清). */
export const OTHER_RED_LINE = "other";

const SEVERAL: readonly string[] = ["redLines"];
/** Longer than any answer may be, so that a too long one comes back whole; beyond it nothing is kept (`tellCut`). */
const KEPT_CHARACTERS = 20_000;
const KEPT_ITEMS = 80;

/** What was typed on one page, exactly as typed. */
export function readStepForm(step: AnswerStep, form: FormData): Values {
  const values: Values = {};
  for (const name of STEP_FIELDS[step]) {
    const typed = form.getAll(name).filter((value) => typeof value === "string");
    if (SEVERAL.includes(name)) values[name] = typed.slice(0, KEPT_ITEMS).map((item) => item.slice(0, 100));
    else if (typed[0] !== undefined) values[name] = typed[0].slice(0, KEPT_CHARACTERS);
  }
  return values;
}

/** Of a field at fault that holds no more than the first 20,000 characters of what was typed, the fault says so. */
export function tellCut(values: Values, errors: FieldErrors): FieldErrors {
  const fields = Object.keys(errors) as FieldName[];
  const cut = fields.filter((field) => textOf(values, field).length >= KEPT_CHARACTERS);
  return { ...errors, ...Object.fromEntries(cut.map((field) => [field, "cut"])) };
}

export function textOf(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value : "";
}

export function listOf(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
