import { z } from "zod";
import { OBJECTION_GROUNDS } from "~server/rewards/objection-rules";
import { cleanNote, cleanText } from "./clean-text";

export const OBJECTION_CHARACTERS = 5_000;

/** What is wrong with an objection; keys of the catalogue (`objection.errors.*`). */
export const OBJECTION_FAULTS = [
  ...(["ground", "empty", "tooLong", "again"] as const),
  ...(["open", "late", "tooMany", "noKeys"] as const),
] as const;
export type ObjectionFault = (typeof OBJECTION_FAULTS)[number];

/** What the informant's form sends: which award, against what, and 1 to 5 000 characters as written. */
export const objectionSchema = z.object({
  formId: z.uuid("again"),
  award: z.uuid("again"),
  ground: z.enum(OBJECTION_GROUNDS, "ground"),
  text: z.preprocess(
    (value) => cleanNote(value ?? ""),
    z.string().min(10, "empty").max(OBJECTION_CHARACTERS, "tooLong"),
  ),
});

/** 维持: what staff answer, 10 to 1 000 characters; no name belongs in it. */
export const keptSchema = z.object({
  objectionId: z.preprocess(cleanText, z.uuid("version")),
  answer: z.preprocess(
    (value) => cleanNote(value ?? ""),
    z
      .string()
      .min(10, "answerPlain")
      .max(1_000, "answerPlain")
      .refine((value) => !/[0-9０-９]{11}/.test(value.replace(/[-.:_/,·— 　]/g, "")), "answerPlain"),
  ),
});
