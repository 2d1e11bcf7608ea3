import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { requestKey, typedAmount, typedDay } from "./finance-fields";
import { openBudgetSchema } from "./budget";

const reason = z.preprocess(
  (value) => (typeof value === "string" ? cleanNote(value) : ""),
  z
    .string()
    .refine((value) => [...value].length >= 5, "needsLongReason")
    .refine((value) => [...value].length <= 300, "tooLong"),
);
const common = { id: z.uuid("version"), reason };
const award = z.uuid("chooseAward");

/** What one of finance asks for, by kind; each field as it was typed, in the order of the form: so are its faults told. */
export const askRequestSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    ...openBudgetSchema.shape,
    amount: typedAmount,
    eventOn: typedDay,
    ...common,
  }),
  z.object({
    kind: z.literal("adjust"),
    budgetId: z.uuid("chooseBudget"),
    direction: z.enum(["more", "less"], "chooseDirection"),
    amount: typedAmount,
    eventOn: typedDay,
    ...common,
  }),
  z.object({ kind: z.literal("revoke"), ...common, awardId: award }),
  z.object({ kind: z.literal("pay"), ...common, awardId: award }),
  z.object({
    kind: z.literal("bounce"),
    awardId: award,
    payoutId: z.uuid("version"),
    eventOn: typedDay,
    ...common,
  }),
  z.object({ kind: z.literal("end_order"), ...common, awardId: award, orderId: z.uuid("version") }),
  z.object({
    kind: z.literal("clawback"),
    awardId: award,
    ground: z.string("chooseGround").regex(/^[a-z][a-z0-9-]{1,60}$/, "chooseGround"),
    amount: typedAmount,
    ...common,
  }),
  z.object({ kind: z.literal("write_off"), awardId: award, amount: typedAmount, ...common }),
  z.object({
    kind: z.literal("close_month"),
    month: z.preprocess(
      (value) => cleanText(value ?? ""),
      z.string().regex(/^2[01]\d{2}-(0[1-9]|1[0-2])$/, "monthWrong"),
    ),
    ...common,
  }),
  z.object({
    kind: z.literal("close_year"),
    budgetId: z.uuid("chooseBudget"),
    carry: z.enum(["yes", "no"], "chooseCarry"),
    ...common,
  }),
]);

export const agreeRequestSchema = z.object({
  requestId: z.uuid("version"),
  digest: z.string("version").regex(/^[0-9a-f]{64}$/, "version"),
});

export const declineRequestSchema = z.object({
  requestId: z.uuid("version"),
  answer: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= 2, "needsWhy")
      .refine((value) => [...value].length <= 300, "tooLong"),
  ),
});

const SAID = [
  ...["kind", "id", "budgetId", "awardId", "month", "source", "slug", "fiscalYear", "direction", "amount"],
  ...["eventOn", "ground", "carry", "reason", "payoutId", "orderId"],
] as const;

/** 登记追回到账: what came in of an award ordered back. */
export const receivedBackSchema = z.object({
  awardId: award,
  amount: typedAmount,
  eventOn: typedDay,
  requestKey,
});

/** What was filled in, in one order, for the hash the asker's passkey is bound to. */
export function saidInRequest(form: FormData): string[] {
  return SAID.map((name) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  });
}
