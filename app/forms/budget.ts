import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { requestKey, typedAmount, typedDay } from "./finance-fields";

/**
 * Whether no account, card or telephone number hides in the text, however it is split: the rule `funds_plain_ck` and
 * `ledger_transactions_key_ck` keep in the database.
 */
function isPlain(value: string): boolean {
  return !/[0-9０-９]{11}/u.test(value.replace(/[-.:_/,·— \u3000]/gu, ""));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const plainKey = requestKey.refine((value) => UUID.test(value) || isPlain(value), "version");

/** 开设预算: a fund of the approver's own body and a year. */
export const openBudgetSchema = z.object({
  source: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .min(2, "needsSource")
      .max(60, "tooLong")
      .refine((value) => isPlain(value) && !/\p{Cc}/u.test(value), "needsSource"),
  ),
  slug: z.preprocess(
    (value) => cleanText(value ?? ""),
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,40}$/, "slugWrong")
      .refine(isPlain, "slugWrong"),
  ),
  fiscalYear: z.preprocess(
    (value) => cleanText(value ?? ""),
    z
      .string()
      .regex(/^2[01]\d{2}$/, "yearWrong")
      .transform(Number),
  ),
});

/** 登记到账. */
export const receiveFundsSchema = z.object({
  fundId: z.uuid("chooseFund"),
  amount: typedAmount,
  eventOn: typedDay,
  requestKey: plainKey,
});
