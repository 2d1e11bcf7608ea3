import { z } from "zod";
import { cleanNote } from "./clean-text";

/** 利益冲突回避: why one keeps away from a lead. The bounds are the table's own (`lead_recusals_reason_ck`). */
export const recusalSchema = z.object({
  reason: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= 2, "needsConflict")
      .refine((value) => [...value].length <= 300, "tooLong"),
  ),
});

export const endRecusalSchema = z.object({ recusalId: z.uuid("chooseRecusal") });
