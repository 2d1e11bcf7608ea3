import { z } from "zod";
import { cleanNote } from "./clean-text";
import { typedDay } from "./day-fields";
import { checkbox, optionalNote } from "./form-fields";
import { parseYuanToFen } from "./money";

export const ENTITY_CLASSES = ["compliant", "rectify", "ban"] as const;
/** What most decisions state. */
export const MAIN_AMOUNTS = ["illegalAmount", "penalty", "illegalGains", "collected"] as const;
/** What some reward schemes start from besides. */
export const MORE_AMOUNTS = ["fundraising", "goods", "recovered", "ordered"] as const;
export const AMOUNT_FIELDS = [...MAIN_AMOUNTS, ...MORE_AMOUNTS] as const;
export type AmountField = (typeof AMOUNT_FIELDS)[number];

/** An amount in 元 or 万元 as typed, in 分; null when left empty. */
const amount = z.preprocess(
  (value) => (typeof value === "string" ? value.trim() : ""),
  z.string().transform((value, ctx) => {
    if (value === "") return null;
    const fen = parseYuanToFen(value);
    if (fen === null) ctx.addIssue({ code: "custom", message: "amountWrong" });
    return fen;
  }),
);

/** 录入认定. Amounts come out in 分, the date as YYYY-MM-DD. */
export const findingSchema = z
  .object({
    entityClass: z.enum(ENTITY_CLASSES, "chooseClass"),
    illegalAmount: amount,
    penalty: amount,
    illegalGains: amount,
    collected: amount,
    fundraising: amount,
    goods: amount,
    recovered: amount,
    ordered: amount,
    decisionNumber: z.preprocess(
      (value) => (typeof value === "string" ? cleanNote(value) : ""),
      z.string().min(1, "needsDecisionNumber").max(100, "tooLong"),
    ),
    decidedOn: typedDay,
    isFinal: checkbox,
    /** Version of the last finding the page shows; 0 for none. */
    seen: z.coerce.number("version").int("version").min(0, "version").max(1_000_000, "version"),
  })
  .refine(
    (value) => value.entityClass === "compliant" || AMOUNT_FIELDS.some((field) => value[field] !== null),
    { path: ["illegalAmount"], message: "oneAmount" },
  );

/** 复核: passed, or sent back with what to mend. */
export const verdictSchema = z
  .object({
    findingId: z.uuid("version"),
    outcome: z.enum(["verified", "rejected"], "chooseOutcome"),
    reason: optionalNote(1000),
  })
  .refine((value) => value.outcome === "verified" || value.reason !== null, {
    path: ["reason"],
    message: "needsRejectReason",
  });
