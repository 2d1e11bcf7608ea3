import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { choice, optionalText, optionalWords } from "./report-inputs";
import { readSpokenCount, readSpokenFen } from "./spoken-amount";
import { normaliseYearMonth } from "./year-month";

/** Since when, how much, how many, and what happened: the pages from 起止时间 to 情况说明. */

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

/** Read only where the choice above it asks for it; what stands in a field not asked for is nobody's fault. */
const asTyped = z
  .preprocess((value) => cleanText(value ?? ""), z.string())
  .transform((value) => value.slice(0, 60));

export const timeSchema = z
  .object({ startedOn: asTyped, ongoing: choice(["yes", "no", "unknown"]), endedOn: asTyped })
  .superRefine(({ startedOn, ongoing, endedOn }, ctx) => {
    const start = normaliseYearMonth(startedOn);
    if (startedOn === "") ctx.addIssue({ code: "custom", path: ["startedOn"], message: "startMissing" });
    if (start === null) ctx.addIssue({ code: "custom", path: ["startedOn"], message: "yearMonth" });
    if (ongoing !== "no") return;
    const end = normaliseYearMonth(endedOn);
    if (end === null) ctx.addIssue({ code: "custom", path: ["endedOn"], message: "yearMonth" });
    if (start && end && end < start.slice(0, end.length)) {
      ctx.addIssue({ code: "custom", path: ["endedOn"], message: "endFirst" });
    }
  })
  .transform(({ startedOn, ongoing, endedOn }) => ({
    startedOn: normaliseYearMonth(startedOn) || null,
    ongoing,
    endedOn: ongoing === "no" ? normaliseYearMonth(endedOn) || null : null,
  }));

export const amountsSchema = z
  .object({
    amount: choice(["exact", "unknown", ...(Object.keys(AMOUNT_BANDS) as (keyof typeof AMOUNT_BANDS)[])]),
    amountExact: asTyped,
    ownLoss: optionalText(60),
  })
  .superRefine((value, ctx) => {
    if (value.amount === "exact" && readSpokenFen(value.amountExact) === null) {
      ctx.addIssue({ code: "custom", path: ["amountExact"], message: "amountExactWrong" });
    }
    if (value.ownLoss !== null && readLossFen(value.ownLoss) === null) {
      ctx.addIssue({ code: "custom", path: ["ownLoss"], message: "amountWrong" });
    }
  });

/** 分; “没有” and the like are 0. Null when it is no sum. */
export function readLossFen(text: string): bigint | null {
  return /^(?:没有|没有损失|无|没|none|nothing|no)[。.]?$/i.test(text) ? 0n : readSpokenFen(text);
}

export const scaleSchema = z
  .object({
    people: choice(["exact", "unknown", ...(Object.keys(PEOPLE_BANDS) as (keyof typeof PEOPLE_BANDS)[])]),
    peopleExact: asTyped,
    promisedYield: optionalWords(60),
  })
  .superRefine((value, ctx) => {
    if (value.people === "exact" && readSpokenCount(value.peopleExact) === null) {
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
