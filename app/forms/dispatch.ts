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
    insteadLeadBy: optionalChoice,
    reason: optionalNote(1000),
  })
  .refine((value) => value.insteadLeadBy === null || value.reason !== null, {
    path: ["reason"],
    message: "needsReason",
  });
