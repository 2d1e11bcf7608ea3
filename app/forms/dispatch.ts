import { z } from "zod";
import { cleanText } from "./clean-text";
import { checkbox, optionalChoice, optionalNote, shownVersion } from "./form-fields";

/** 确认转办: the sector triage settles on, what only triage can say, and another lead body with its reason. */
export const dispatchSchema = z
  .object({
    version: shownVersion,
    sector: z.preprocess(cleanText, z.string("chooseSector").min(1, "chooseSector").max(40, "chooseSector")),
    suspectedCrime: checkbox,
    petition: checkbox,
    nested: checkbox,
    alsoSectors: z.preprocess(
      (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]),
      z.array(z.string().max(40, "chooseSector")).max(20, "chooseSector"),
    ),
    substance: z
      .preprocess((value) => cleanText(value ?? ""), z.string().max(60, "tooLong"))
      .transform((value) => value || null),
    licensed: z
      .enum(["yes", "no", ""])
      .catch("")
      .transform((value) => (value === "" ? null : value === "yes")),
    insteadLeadBy: optionalChoice,
    reason: optionalNote(1000),
  })
  .refine((value) => value.insteadLeadBy === null || value.reason !== null, {
    path: ["reason"],
    message: "needsReason",
  });
