import { z } from "zod";
import { cleanText } from "./clean-text";
import { typedDay } from "./finance-fields";

/** 登记付款. The reference's shape is the ledger's; here it only spares a round trip through a refusal. */
export const paymentSchema = z.object({
  awardId: z.uuid("version"),
  paidOn: typedDay,
  reference: z.preprocess(
    (value) => cleanText(value ?? ""),
    z
      .string()
      .regex(/^[A-Z]{2}[A-Z0-9-]{4,30}$/, "referenceWrong")
      .refine((value) => !/\d{15}/.test(value.replaceAll("-", "")), "referenceWrong")
      .refine((value) => !/(^|\D)1[3-9]\d{9}(\D|$)/.test(value), "referenceWrong"),
  ),
});

/** 记账. */
export const postSchema = z.object({ awardId: z.uuid("version") });

/** 全部记账: the rows as the page showed them. A form with one row sends one text. */
export const postAllSchema = z.object({
  awardIds: z.preprocess(
    (value) => (typeof value === "string" ? [value] : value),
    z.array(z.uuid("version"), "version").min(1, "version").max(500, "version"),
  ),
});
