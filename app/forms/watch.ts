import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { typedDay } from "./finance-fields";
import { WATCH_STATUSES } from "~server/watch/watch-status";

/** What goes with a registration list; `today` is YYYY-MM-DD in China. */
export const loadListSchema = (today: string) =>
  z.object({
    listedOn: typedDay.refine((on) => on <= today, "listedLater"),
    isWhole: z
      .literal("yes")
      .optional()
      .transform((on) => on === "yes"),
  });

const note = z.preprocess(
  (value) => (typeof value === "string" ? cleanNote(value) : ""),
  z.string().refine((value) => [...value].length <= 300, "tooLong"),
);

/** What triage decides about a watched company: clearing it takes a reason, a lead its number. */
export const decideEntrySchema = z
  .object({
    entryId: z.uuid("version"),
    version: z.coerce.number("version").int("version"),
    status: z.enum(WATCH_STATUSES, "chooseWatchStatus"),
    reason: note,
    leadNumber: z.preprocess(cleanText, z.string().default("")),
  })
  .superRefine(({ status, reason, leadNumber }, ctx) => {
    if (status === "cleared" && [...reason].length < 2)
      ctx.addIssue({ code: "custom", path: ["reason"], message: "needsWhy" });
    if (status === "lead_opened" && !/^[1-9][0-9]{0,8}$/.test(leadNumber))
      ctx.addIssue({ code: "custom", path: ["leadNumber"], message: "leadNumber" });
  })
  .transform(({ leadNumber, reason, ...rest }) => ({
    ...rest,
    reason: reason === "" ? null : reason,
    leadNumber: rest.status === "lead_opened" ? Number(leadNumber) : null,
  }));
