import type { z } from "zod";
import { amountsSchema, narrativeSchema, scaleSchema, timeSchema } from "./report-extent";
import {
  contactSchema,
  declarationSchema,
  identitySchema,
  modeSchema,
  noticeSchema,
  officialSchema,
  relationSchema,
  rewardSchema,
  sourceSchema,
} from "./report-reporter";
import {
  inChargeSchema,
  kindSchema,
  onlineSchema,
  redLinesSchema,
  sectorSchema,
  subjectSchema,
  territorySchema,
} from "./report-subject";

/**
 * The report form: one page a step, one truth for the browser and the server. Messages are catalogue keys
 * (`report.errors.*`); the pages translate them.
 */
export const STEPS = [
  ...(["mode", "relation", "kind", "subject", "online", "in-charge", "territory"] as const),
  ...(["sector", "red-lines", "time", "amounts", "scale", "narrative", "source", "evidence"] as const),
  ...(["identity", "contact", "notice", "official", "reward", "declaration", "check"] as const),
] as const;

export type Step = (typeof STEPS)[number];
/** A page of questions. Evidence has a page of its own making, and always passes. */
export type AnswerStep = Exclude<Step, "check" | "evidence">;

export function isStep(value: string | undefined): value is Step {
  return (STEPS as readonly (string | undefined)[]).includes(value);
}

/** Whether a step is a page of questions. */
export function isAnswerStep(step: Step): step is AnswerStep {
  return step !== "check" && step !== "evidence";
}

/** The overview's parts, in the order of the pages. */
export const PARTS = {
  you: ["mode", "relation"],
  who: ["kind", "subject", "online", "in-charge", "territory"],
  what: ["sector", "red-lines", "time", "amounts", "scale", "narrative"],
  proof: ["source", "evidence"],
  reach: ["identity", "contact", "notice"],
  end: ["official", "reward", "declaration"],
} as const satisfies Record<string, readonly Step[]>;
export type Part = keyof typeof PARTS;

export const STEP_SCHEMAS = {
  mode: modeSchema,
  relation: relationSchema,
  kind: kindSchema,
  subject: subjectSchema,
  online: onlineSchema,
  "in-charge": inChargeSchema,
  territory: territorySchema,
  sector: sectorSchema,
  "red-lines": redLinesSchema,
  time: timeSchema,
  amounts: amountsSchema,
  scale: scaleSchema,
  narrative: narrativeSchema,
  source: sourceSchema,
  identity: identitySchema,
  contact: contactSchema,
  notice: noticeSchema,
  official: officialSchema,
  reward: rewardSchema,
  declaration: declarationSchema,
} as const satisfies Record<AnswerStep, z.ZodType>;

/** What the reporter typed, page by page, exactly as typed: it comes back with every error and survives every stop. */
export type RawAnswers = { [S in AnswerStep]?: Record<string, string | string[]> };

export type Answered<S extends AnswerStep> = z.output<(typeof STEP_SCHEMAS)[S]>;

type Judged = z.ZodSafeParseResult<unknown>;

/** What was made of pages that can change no more. */
const judged = new WeakMap<object, { readonly step: AnswerStep; readonly result: Judged }>();

/**
 * A page as its rules judge it. A frozen page is judged once: a file's rows are asked for their faults and then for what
 * they say.
 */
export function judgePage(step: AnswerStep, values: Record<string, string | string[]>): Judged {
  const known = judged.get(values);
  if (known?.step === step) return known.result;
  const result: Judged = STEP_SCHEMAS[step].safeParse(values);
  if (Object.isFrozen(values)) judged.set(values, { step, result });
  return result;
}

/** A page's answers as its rules read them, or null where they do not pass. */
export function readAnswers<S extends AnswerStep>(raw: RawAnswers, step: S): Answered<S> | null {
  const result = judgePage(step, raw[step] ?? {});
  return result.success ? (result.data as Answered<S>) : null;
}

/** Pages only a named reporter is asked. */
const NAMED: readonly Step[] = ["identity", "contact"];

/**
 * Steps this reporter is asked, in order: who they are only when named, and a site's address before the name of whoever
 * runs it, which fewer know.
 */
export function stepsFor(raw: RawAnswers): Step[] {
  const asked = STEPS.filter((step) => raw.mode?.mode === "named" || !NAMED.includes(step));
  if (raw.kind?.subjectKind !== "site") return asked;
  return asked.flatMap((step): Step[] =>
    step === "online" ? [] : step === "subject" ? ["online", "subject"] : [step],
  );
}

/** Pages that may stay empty; a site's address may not. */
export function mayStayEmpty(step: Step, raw: RawAnswers): boolean {
  if (step === "online") return raw.kind?.subjectKind !== "site";
  return step === "in-charge" || step === "evidence" || step === "notice";
}

/** Whether anything in the report but the name tells who is meant. */
export function isIdentified(raw: RawAnswers): boolean {
  const online = readAnswers(raw, "online");
  const inCharge = readAnswers(raw, "in-charge");
  return (
    (readAnswers(raw, "subject")?.uscc ?? null) !== null ||
    (online !== null && online.sites.length + online.apps.length > 0) ||
    (inCharge !== null && inCharge.responsible.length + inCharge.phonesOrAccounts.length > 0)
  );
}
