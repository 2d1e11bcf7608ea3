import { z } from "zod";
import { compare, fraction, parseFraction } from "./fraction";

/** Minor digits of each currency: CNY counts in 分; KRW and JPY have no minor unit. */
export const minorDigits = { CNY: 2, USD: 2, KRW: 0, JPY: 0 } as const;

export const currencySchema = z.enum(["CNY", "USD", "KRW", "JPY"]);
export type Currency = z.infer<typeof currencySchema>;

export const baseKeys = [
  "illegalAmount",
  "fundraising",
  "goods",
  "penalty",
  "recovered",
  "ordered",
  "collected",
] as const;
export const baseKeySchema = z.enum(baseKeys);
export type BaseKey = z.infer<typeof baseKeySchema>;

export const informantKindSchema = z.enum(["named", "anonymous", "insider"]);
export type InformantKind = z.infer<typeof informantKindSchema>;

export const stepNames = ["gate", "rate", "factors", "uplift", "floor", "cap", "round", "split"] as const;
export type StepName = (typeof stepNames)[number];

/** An amount in minor units, as a canonical decimal string: JSON numbers are floats. */
export const moneySchema = z
  .string({ error: "expected an amount as a string of minor units" })
  .regex(/^(0|[1-9]\d{0,39})$/, {
    error: "expected an amount as a string of minor units",
    // What is no number is not compared with others.
    abort: true,
  });

/** `"0.06%"`, `"0.0006"` or `"3/5000"`. */
export const rateSchema = z.string().refine(
  (text) => {
    try {
      parseFraction(text);
      return true;
    } catch {
      return false;
    }
  },
  { error: 'expected an exact number such as "0.06%", "0.0006" or "3/5000"', abort: true },
);

/**
 * A share of a base, at most the whole of it: "5" written for "5%" would pay the base five times over.
 */
export const shareSchema = rateSchema.refine((text) => compare(parseFraction(text), fraction(1n)) <= 0, {
  error: "expected a share of at most 100%",
});

/** Not trimmed: what is parsed is what the file says, and hashes alike. */
const filled = z.string().regex(/\S/, { error: "is empty" });

/** The article, paragraph or document number that the rule comes from; shown beside every step. */
export const clauseSchema = filled.max(200);

export const identifierSchema = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: "expected lower-case words joined by hyphens" });

export const textSchema = z.strictObject({ zh: filled, en: filled });
export type Text = z.infer<typeof textSchema>;

/** What a rule that an informant reads must carry: its source and its plain words. */
export const ruleFields = { clause: clauseSchema, title: textSchema, note: textSchema };
export type Rule = { clause: string; title: Text; note: Text };

/**
 * One end of a bracket or of a range. 以上 and 以下 include the number, 超过, 不满 and 不足 exclude it
 * (民法典 1259), so an end never leaves that to the reader.
 */
export const amountBoundSchema = z.strictObject({ value: moneySchema, inclusive: z.boolean() });
export type AmountBound = z.infer<typeof amountBoundSchema>;

export const rateBoundSchema = z.strictObject({ value: shareSchema, inclusive: z.boolean() });

/** A bracket runs between two ends; null is open (from nothing, or without limit). */
export const bracketFields = {
  clause: clauseSchema,
  title: textSchema,
  from: amountBoundSchema.nullable(),
  to: amountBoundSchema.nullable(),
};
export type Bracket = {
  clause: string;
  title: Text;
  from: AmountBound | null;
  to: AmountBound | null;
};
