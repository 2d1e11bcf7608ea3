import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";

/** Text as written (Chinese punctuation kept), trimmed; null when empty. */
export const optionalNote = (max: number) =>
  z
    .preprocess(
      (value) => (typeof value === "string" ? cleanNote(value) : ""),
      z.string().max(max, "tooLong"),
    )
    .transform((value) => value || null);

/** A choice from a list that may be left open; null when it is. */
export const optionalChoice = z
  .preprocess((value) => cleanText(value ?? ""), z.string().max(100, "tooLong"))
  .transform((value) => value || null);

export const checkbox = z
  .preprocess((value) => value ?? "", z.union([z.literal("yes"), z.literal("")]).catch(""))
  .transform((value) => value === "yes");

/** The version of the lead the page showed, from its hidden field. */
export const shownVersion = z.preprocess(
  cleanText,
  z
    .string("version")
    .regex(/^[1-9]\d{0,8}$/, "version")
    .transform(Number),
);

/** A positive whole number a person types, such as a lead's number. */
export const typedNumber = (message: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? String(cleanText(value)).replace(/^线索\s*/, "") : value),
    z
      .string(message)
      .regex(/^[1-9]\d{0,11}$/, message)
      .transform(Number),
  );
