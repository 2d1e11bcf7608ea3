import { z } from "zod";

/** Full-width digits and letters, odd spaces and invisible characters are folded before anything is judged. */
function clean(value: unknown): unknown {
  return typeof value === "string"
    ? value
        .normalize("NFKC")
        .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
        .replace(/\r\n?/g, "\n")
        .trim()
    : value;
}

/** Text as written (Chinese punctuation kept), trimmed; null when empty. */
export const optionalNote = (max: number) =>
  z
    .preprocess(
      (value) =>
        typeof value === "string"
          ? value
              .normalize("NFC")
              .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
              .replace(/\r\n?/g, "\n")
              .trim()
          : "",
      z.string().max(max, "tooLong"),
    )
    .transform((value) => value || null);

/** A choice from a list that may be left open; null when it is. */
export const optionalChoice = z
  .preprocess((value) => clean(value ?? ""), z.string().max(100, "tooLong"))
  .transform((value) => value || null);

export const checkbox = z
  .preprocess((value) => value ?? "", z.union([z.literal("yes"), z.literal("")]).catch(""))
  .transform((value) => value === "yes");

/** The version of the lead the page showed, from its hidden field. */
export const shownVersion = z.preprocess(
  clean,
  z
    .string("version")
    .regex(/^[1-9]\d{0,8}$/, "version")
    .transform(Number),
);

/** A positive whole number a person types, such as a lead's number. */
export const typedNumber = (message: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? String(clean(value)).replace(/^线索\s*/, "") : value),
    z
      .string(message)
      .regex(/^[1-9]\d{0,11}$/, message)
      .transform(Number),
  );

export { clean as cleanField };
