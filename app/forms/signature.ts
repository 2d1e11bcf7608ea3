import { z } from "zod";
import { cleanNote } from "./clean-text";

export const SIGNED_ACTS = ["prepare", "review", "countersign", "approve", "reject"] as const;

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

/** The same endpoint for one of several chosen vouchers: first the challenge, then the passkey's answer. */
export const signChosenRequest = z.strictObject({
  setId: z.uuid(),
  ordinal: z.int().min(1).max(50),
  answer: z.strictObject({ challengeId: z.uuid(), response: z.string().min(1).max(20_000) }).optional(),
});
export type SignChosenRequest = z.input<typeof signChosenRequest>;
