import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";

/** What the pages of the report form are made of. Names and sentences stay as the reporter wrote them; numbers, codes and addresses are folded to one form. */
export const words = (max: number) =>
  z.preprocess((value) => cleanNote(value ?? ""), z.string().max(max, "tooLong"));

export const optionalWords = (max: number) => words(max).transform((value) => value || null);

export const optionalText = (max: number) =>
  z
    .preprocess((value) => cleanText(value ?? ""), z.string().max(max, "tooLong"))
    .transform((value) => value || null);

/** One item a line (or separated by ；、,), at most `max`. */
export const lines = (max: number, each: number, clean: (value: unknown) => unknown = cleanText) =>
  z
    .preprocess((value) => clean(value ?? ""), z.string().max(4_000, "tooLong"))
    .transform((value) => [
      ...new Set(
        value
          .split(/[\n;；、,，]+/)
          .map((line) => line.trim())
          .filter((line) => line !== ""),
      ),
    ])
    .refine((items) => items.length <= max, "tooMany")
    .refine((items) => items.every((item) => item.length <= each), "tooLong");

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, "chooseOne");

/** A box to tick: `yes`, or nothing. */
export const tick = z.literal("yes").optional().catch(undefined);

/** Several boxes, at least one. */
export const many = z.preprocess(
  (value: unknown): unknown[] =>
    value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value],
  z
    .array(z.preprocess(cleanText, z.string().max(100)))
    .min(1, "chooseAtLeastOne")
    .max(60, "tooMany"),
);

/** A division code, a pack-local code, `online` or `unknown`; which codes exist is the pack's matter. */
export const place = z.preprocess(
  (value) => cleanText(value ?? ""),
  z
    .string()
    .max(20, "chooseOne")
    .transform((value) => value || null),
);
