import { z } from "zod";
import { cleanNote } from "./clean-text";

/** Opening a lead up that was the leading office's alone: the version seen, and why. */
export const openUpSchema = z.object({
  version: z.coerce.number().int().min(1),
  reason: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= 2, "needsWhy")
      .refine((value) => [...value].length <= 300, "tooLong"),
  ),
});
