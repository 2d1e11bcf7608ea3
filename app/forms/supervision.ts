import { z } from "zod";
import { DEADLINE_CLOCKS } from "~server/clocks/clock-kinds";
import { cleanNote } from "./clean-text";

const words = (least: number, most: number, missing: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= least, missing)
      .refine((value) => [...value].length <= most, "tooLong"),
  );

/** Forms of the 督办 page. The bounds are the table's own. */
export const superviseSchema = z.object({
  leadId: z.uuid("chooseLead"),
  agencyId: z.string("chooseAgency").min(1, "chooseAgency").max(100, "chooseAgency"),
  clock: z.enum(DEADLINE_CLOCKS, "chooseLead"),
  note: words(2, 500, "needsDemand"),
});

export const answerSchema = z.object({
  supervisionId: z.uuid("chooseSupervision"),
  answer: words(2, 1000, "needsAnswer"),
});

/** Extension of a clock. */
export const extensionSchema = z.object({
  clockId: z.uuid("chooseClock"),
  reason: words(2, 300, "needsWhy"),
});

export const decideExtensionSchema = z.object({
  extensionId: z.uuid("chooseClock"),
  outcome: z.enum(["granted", "refused"], "chooseDecision"),
});

/** 确认收到 of an alert. */
export const acknowledgeSchema = z.object({
  alertId: z.uuid("chooseAlert"),
  note: words(0, 300, "tooLong").transform((value) => value || null),
});
