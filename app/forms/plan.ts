import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { optionalNote } from "./form-fields";

const day = z.preprocess(
  cleanText,
  z.string("dateWrong").refine((value) => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
    return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === value;
  }, "dateWrong"),
);

/** Forms of the plan tracker. */
export const openRoundSchema = z.object({
  title: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= 2, "needsRoundTitle")
      .refine((value) => [...value].length <= 60, "needsRoundTitle"),
  ),
  years: z.preprocess(
    cleanText,
    z
      .string("roundYears")
      .regex(/^\d{1,2}$/, "roundYears")
      .transform(Number)
      .refine((value) => value <= 30, "roundYears"),
  ),
});

export const movePhaseSchema = z.object({ deadlineId: z.uuid("choosePhase"), dueOn: day });

export const recordStateSchema = z.object({
  deadlineId: z.uuid("choosePhase"),
  agencyId: z.string("chooseAgency").min(1, "chooseAgency").max(100, "chooseAgency"),
  state: z.enum(["done", "not_yet"], "chooseState"),
  stateOn: day,
  note: optionalNote(300),
});
