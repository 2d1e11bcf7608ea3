import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";

/** The bounds are the tables' own (`legal_holds_reason_ck`, `deletion_batches_refused_ck`). */
const reason = z.preprocess(
  (value) => (typeof value === "string" ? cleanNote(value) : ""),
  z
    .string()
    .refine((value) => [...value].length >= 2, "needsWhy")
    .refine((value) => [...value].length <= 300, "tooLong"),
);

export const placeHoldSchema = z.object({
  leadNumber: z.preprocess(
    cleanText,
    z
      .string("leadNumber")
      .regex(/^[1-9][0-9]{0,8}$/, "leadNumber")
      .transform(Number),
  ),
  on: z.enum(["lead", "dossier"], "chooseHold"),
  reason,
});

export const endHoldSchema = z.object({ holdId: z.uuid("version"), reason });

export const batchSchema = z.object({ batchId: z.uuid("version") });
export const refuseBatchSchema = batchSchema.extend({ reason });
export const approveBatchSchema = batchSchema.extend({
  set: z.string("version").regex(/^[0-9a-f]{64}$/, "version"),
});
