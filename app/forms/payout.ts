import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";

const plainReason = (max: number) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .min(5, "payoutReason")
      .max(max, "tooLong")
      .refine((value) => !/[0-9０-９]{11}/u.test(value.replace(/[-.:_/,·— \u3000]/gu, "")), "payoutReason"),
  );

/** 建立批次. A form with one box ticked sends one text. */
export const freezeSchema = z.object({
  awardIds: z.preprocess(
    (value) => (typeof value === "string" ? [value] : value),
    z.array(z.uuid("chooseAwards"), "chooseAwards").min(1, "chooseAwards").max(500, "chooseAwards"),
  ),
  cashierId: z.uuid("chooseCashier"),
});

export const cancelBatchSchema = z.object({ reason: plainReason(300) });
/** 登记送交银行: which of the files that were made. */
export const sendSchema = z.object({ fileId: z.uuid("chooseFile") });
export const lineSchema = z.object({ lineId: z.uuid("version") });
export const bankAnswerSchema = z.object({
  lineId: z.uuid("version"),
  bankAnswer: z.preprocess(
    (value) => cleanText(value ?? ""),
    z
      .string()
      .regex(/^[A-Z]{2}[A-Z0-9-]{4,30}$/, "bankAnswer")
      .refine((value) => !/\d{11}/.test(value.replaceAll("-", "")), "bankAnswer"),
  ),
});
export const bankLineSchema = z.object({ bankLineId: z.uuid("version") });
export const matchSchema = z.object({
  bankLineId: z.uuid("version"),
  reference: z.preprocess(
    (value) => cleanText(value ?? ""),
    z.string().regex(/^PB\d{4}-\d{4}-\d{4}$/, "batchReference"),
  ),
});

/** 不经本系统付款核销、认定为重复: proposed with a reason by one, agreed to by another. */
export const agreeAsideSchema = z.object({
  bankLineId: z.uuid("version"),
  what: z.enum(["matched", "dismissed"], "version"),
});
export const asideSchema = agreeAsideSchema.extend({ reason: plainReason(300) });

/** 月度核对. The explanation is asked for where the two sides differ. */
export const reconcileSchema = z.object({
  bankAmount: z.preprocess((value) => cleanText(value ?? ""), z.string().min(1, "amountWrong")),
  explanation: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .max(500, "tooLong")
      .transform((value) => (value === "" ? null : value)),
  ),
});
