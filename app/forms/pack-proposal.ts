import { z } from "zod";
import { cleanNote } from "./clean-text";

/** The bounds are the table's own (`pack_proposals_reason_ck`, `pack_proposals_answer_ck`). */
const reason = z.preprocess(
  (value) => (typeof value === "string" ? cleanNote(value) : ""),
  z
    .string()
    .refine((value) => [...value].length >= 2, "needsWhy")
    .refine((value) => [...value].length <= 300, "tooLong"),
);
/** What the page showed, which the passkey's touch is bound to. */
const sha256 = z.string("version").regex(/^[0-9a-f]{64}$/, "version");

export const requestPackSchema = z.object({ sha256, reason });
export const agreePackSchema = z.object({ sha256 });
export const refusePackSchema = z.object({ sha256, answer: reason });

/** 上交、下转: to which pack, and why. */
export const handSchema = z.object({
  version: z
    .string("version")
    .regex(/^[1-9]\d{0,8}$/, "version")
    .transform(Number),
  toPackId: z.string("choosePack").min(1, "choosePack").max(60, "choosePack"),
  reason,
});
