import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { requestKey, typedAmount, typedDay } from "./finance-fields";

/** 开设预算: a fund of the approver's own body and a year. */
export const openBudgetSchema = z.object({
  source: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .min(2, "needsSource")
      .max(60, "tooLong")
      .refine((value) => !/\d{11}|\p{Cc}/u.test(value), "needsSource"),
  ),
  slug: z.preprocess(
    (value) => cleanText(value ?? ""),
    z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, "slugWrong"),
  ),
  fiscalYear: z.preprocess(
    (value) => cleanText(value ?? ""),
    z
      .string()
      .regex(/^2[01]\d{2}$/, "yearWrong")
      .transform(Number),
  ),
});

/** 批准或追加预算. */
export const approveBudgetSchema = z.object({
  budgetId: z.uuid("chooseBudget"),
  kind: z.enum(["approved", "adjusted"], "chooseBudgetKind"),
  amount: typedAmount,
  eventOn: typedDay,
  requestKey,
});

/** 登记到账. */
export const receiveFundsSchema = z.object({
  fundId: z.uuid("chooseFund"),
  amount: typedAmount,
  eventOn: typedDay,
  requestKey,
});
