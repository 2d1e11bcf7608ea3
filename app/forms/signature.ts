import { z } from "zod";
import { cleanNote } from "./clean-text";

export const SIGNED_ACTS = ["prepare", "review", "approve", "reject"] as const;

/** What the page's script posts to ask for a signature's challenge. */
export const signRequest = z.strictObject({
  awardId: z.uuid(),
  action: z.enum(SIGNED_ACTS),
  reason: z
    .string()
    .max(2000)
    .transform((value) => String(cleanNote(value)))
    .optional(),
});
export type SignRequest = z.input<typeof signRequest>;

/** What the award page posts back; `response` is judged by the server's own parser. */
export const signatureForm = z.object({
  challengeId: z.uuid("version"),
  response: z.string("version").min(1, "version"),
});
