import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { parseYuanToFen } from "./money";
import { isValidUscc } from "./uscc";

/**
 * The report form: one page a step, one truth for the browser and the server. Messages are catalogue keys
 * (`report.errors.*`); the pages translate them.
 */
export const STEPS = [
  "mode",
  "subject",
  "territory",
  "sector",
  "red-lines",
  "amounts",
  "narrative",
  "contact",
  "reward",
  "declaration",
  "check",
] as const;

export type Step = (typeof STEPS)[number];
export type AnswerStep = Exclude<Step, "check">;

/** Names and sentences stay as the reporter wrote them; numbers, codes and addresses are folded to one form. */
const words = (max: number) => z.preprocess(cleanNote, z.string().max(max, "tooLong"));
const optionalWords = (max: number) =>
  z
    .preprocess((value) => cleanNote(value ?? ""), z.string().max(max, "tooLong"))
    .transform((value) => value || null);
const optionalText = (max: number) =>
  z
    .preprocess((value) => cleanText(value ?? ""), z.string().max(max, "tooLong"))
    .transform((value) => value || null);

/** One item a line (or separated by ；、,), at most `max`. */
const lines = (max: number, each: number, clean: (value: unknown) => unknown = cleanText) =>
  z
    .preprocess((value) => clean(value ?? ""), z.string().max(2_000, "tooLong"))
    .transform((value) => [
      ...new Set(
        value
          .split(/[\n;；、,，]+/)
          .map((line) => line.trim())
          .filter((line) => line !== ""),
      ),
    ])
    .refine((items) => items.length <= max, "tooMany")
    .refine((items) => items.every((item) => item.length <= each), "tooLong");

/** `null` when it is no host; IDN becomes its ASCII form; hxxp and [.] are undone. Never fetched. */
export function siteHost(value: string): string | null {
  const plain = value
    .replace(/^hxxp/i, "http")
    .replace(/\[\.\]|\(\.\)|。/g, ".")
    .replace(/\s+/g, "");
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(plain) ? plain : `http://${plain}`);
    const host = url.hostname
      .toLowerCase()
      .replace(/\.$/, "")
      .replace(/^www\./, "");
    return /^https?:$/.test(url.protocol) && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) ? host : null;
  } catch {
    return null;
  }
}

export const modeSchema = z.object({ mode: z.enum(["anonymous", "named"], "chooseOne") });

export const subjectSchema = z
  .object({
    subjectKind: z.enum(["organisation", "person", "site"], "chooseOne"),
    name: words(100),
    uscc: optionalText(30).transform((value) => value?.replace(/[\s-]/g, "").toUpperCase() ?? null),
    sites: lines(10, 300),
    apps: lines(10, 100, cleanNote),
    responsible: lines(10, 60, cleanNote),
    phonesOrAccounts: lines(10, 60),
  })
  .superRefine((value, ctx) => {
    const identified =
      value.uscc !== null ||
      value.sites.length + value.apps.length + value.phonesOrAccounts.length + value.responsible.length > 0;
    if (value.name.length < 2 && !(value.name === "" && identified)) {
      ctx.addIssue({ code: "custom", path: ["name"], message: "nameOrOther" });
    }
    if (value.uscc !== null && !isValidUscc(value.uscc)) {
      ctx.addIssue({ code: "custom", path: ["uscc"], message: "usccWrong" });
    }
    if (value.sites.some((site) => siteHost(site) === null)) {
      ctx.addIssue({ code: "custom", path: ["sites"], message: "siteWrong" });
    }
  });

/** A division code, a pack-local code, `online` or `unknown`; which codes exist is the pack's matter. */
const place = z.preprocess(
  (value) => cleanText(value ?? ""),
  z
    .string()
    .max(20, "chooseOne")
    .transform((value) => value || null),
);

export const territorySchema = z
  .object({ registered: place, operating: place, occurred: place })
  .refine((value) => value.registered !== null || value.operating !== null || value.occurred !== null, {
    path: ["operating"],
    message: "placeOne",
  });

export const sectorSchema = z.object({
  sector: z.string("chooseOne").min(1, "chooseOne").max(40, "chooseOne"),
});

const many = z.preprocess(
  (value: unknown): unknown[] =>
    value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value],
  z
    .array(z.preprocess(cleanText, z.string().max(100)))
    .min(1, "chooseAtLeastOne")
    .max(60, "tooMany"),
);

export const redLinesSchema = z.object({ redLines: many });

/** Bands route on their lower bound (分). */
export const AMOUNT_BANDS = {
  under_100k: "0",
  from_100k: "10000000",
  from_1m: "100000000",
  from_10m: "1000000000",
  from_50m: "5000000000",
  from_100m: "10000000000",
} as const;

export const PEOPLE_BANDS = {
  under_10: 0,
  from_10: 10,
  from_50: 50,
  from_150: 150,
  from_1000: 1000,
} as const;

const choice = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, "chooseOne");

export const amountsSchema = z
  .object({
    startedOn: z.preprocess(
      (value) => cleanText(value ?? ""),
      z
        .string()
        .transform((value) => normaliseYearMonth(value))
        .refine((value) => value === "" || value !== null, "yearMonth"),
    ),
    ongoing: choice(["yes", "no", "unknown"]),
    amount: choice(["exact", "unknown", ...(Object.keys(AMOUNT_BANDS) as (keyof typeof AMOUNT_BANDS)[])]),
    amountExact: optionalText(40),
    people: choice(["exact", "unknown", ...(Object.keys(PEOPLE_BANDS) as (keyof typeof PEOPLE_BANDS)[])]),
    peopleExact: optionalText(12),
    promisedYield: optionalWords(40),
  })
  .superRefine((value, ctx) => {
    if (
      value.amount === "exact" &&
      (value.amountExact === null || parseYuanToFen(value.amountExact) === null)
    ) {
      ctx.addIssue({ code: "custom", path: ["amountExact"], message: "amountWrong" });
    }
    if (
      value.people === "exact" &&
      !/^[1-9]\d{0,8}$/.test((value.peopleExact ?? "").replace(/[\s,人个]/g, ""))
    ) {
      ctx.addIssue({ code: "custom", path: ["peopleExact"], message: "peopleWrong" });
    }
  });

export const NARRATIVE_MIN = 20;
export const NARRATIVE_MAX = 5000;

export const narrativeSchema = z.object({
  narrative: z.preprocess(
    (value) => cleanNote(value ?? ""),
    z
      .string()
      .refine((value) => [...value].length >= NARRATIVE_MIN, "narrativeShort")
      .refine((value) => [...value].length <= NARRATIVE_MAX, "narrativeLong"),
  ),
});

export const contactSchema = z
  .object({ contactName: optionalWords(60), contactPhone: optionalText(30), contactEmail: optionalText(120) })
  .superRefine((value, ctx) => {
    if (value.contactName === null || value.contactName.length < 2) {
      ctx.addIssue({ code: "custom", path: ["contactName"], message: "contactName" });
    }
    if (value.contactPhone === null && value.contactEmail === null) {
      ctx.addIssue({ code: "custom", path: ["contactPhone"], message: "contactOne" });
    }
    if (value.contactPhone !== null && !/^\+?\d{7,15}$/.test(value.contactPhone.replace(/[\s()-]/g, ""))) {
      ctx.addIssue({ code: "custom", path: ["contactPhone"], message: "phoneWrong" });
    }
    if (value.contactEmail !== null && !z.email().safeParse(value.contactEmail).success) {
      ctx.addIssue({ code: "custom", path: ["contactEmail"], message: "emailWrong" });
    }
  });

export const rewardSchema = z
  .object({ wantsReward: choice(["yes", "no"]), noConflict: z.literal("yes").optional().catch(undefined) })
  .refine((value) => value.wantsReward === "no" || value.noConflict === "yes", {
    path: ["noConflict"],
    message: "conflict",
  });

export const declarationSchema = z.object({ truthful: z.literal("yes", "declare") });

export const STEP_SCHEMAS = {
  mode: modeSchema,
  subject: subjectSchema,
  territory: territorySchema,
  sector: sectorSchema,
  "red-lines": redLinesSchema,
  amounts: amountsSchema,
  narrative: narrativeSchema,
  contact: contactSchema,
  reward: rewardSchema,
  declaration: declarationSchema,
} as const satisfies Record<AnswerStep, z.ZodType>;

/** What the reporter typed, page by page, exactly as typed: it comes back with every error and survives every stop. */
export type RawAnswers = { [S in AnswerStep]?: Record<string, string | string[]> };

export type Answers = { [S in AnswerStep]: z.output<(typeof STEP_SCHEMAS)[S]> | null };

/** Steps this reporter is asked, in order: contact only when named. */
export function stepsFor(raw: RawAnswers): Step[] {
  return STEPS.filter((step) => step !== "contact" || raw.mode?.mode === "named");
}

/** The first step asked whose answers do not yet pass, or null when the report may be sent. */
export function firstOpenStep(raw: RawAnswers): AnswerStep | null {
  for (const step of stepsFor(raw)) {
    if (step !== "check" && !STEP_SCHEMAS[step].safeParse(raw[step] ?? {}).success) return step;
  }
  return null;
}

/** `2024-05`, `2024.5`, `2024年5月`, `202405`, `2024` → `2024-05` / `2024`; "" stays ""; null when unreadable. */
export function normaliseYearMonth(value: string): string | null {
  if (value === "") return "";
  const match = /^(\d{4})(?:(?:\s*[-./年]\s*)?(\d{1,2})?(?:\s*月)?)?\s*年?$/.exec(value);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = match[2] === undefined ? null : Number(match[2]);
  if (year < 1990 || year > 2100 || (month !== null && (month < 1 || month > 12))) return null;
  return month === null ? String(year) : `${String(year)}-${String(month).padStart(2, "0")}`;
}
