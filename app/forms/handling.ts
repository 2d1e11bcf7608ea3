import { z } from "zod";
import {
  MEASURE_KINDS,
  PRESERVATION_DECISIONS,
  REPAYMENT_DAYS,
  RESULTS_OF,
  type LetterItem,
} from "~server/handling/handling-kinds";
import { cleanNote, cleanText } from "./clean-text";
import { optionalDay, typedDay } from "./day-fields";
import { optionalNote } from "./form-fields";

const text = (message: string, min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z.string().min(min, message).max(max, "tooLong"),
  );

const wholeDays = (value: string) =>
  /^[1-9]\d{0,2}$/.test(value) && Number(value) <= 365 ? Number(value) : null;

const days = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().transform((value, ctx) => {
    const read = wholeDays(value);
    if (read === null) ctx.addIssue({ code: "custom", message: "daysWrong" });
    return read ?? 1;
  }),
);

const optionalDays = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().transform((value, ctx) => {
    if (value === "") return null;
    const read = wholeDays(value);
    if (read === null) ctx.addIssue({ code: "custom", message: "daysWrong" });
    return read;
  }),
);

const unit = z.enum(["working", "calendar"], "chooseUnit");

const sha256 = z.preprocess(
  (value) => cleanText(value ?? ""),
  z
    .string()
    .transform((value) => value.toLowerCase())
    .refine((value) => value === "" || /^[0-9a-f]{64}$/.test(value), "hashWrong")
    .transform((value) => value || null),
);

const basis = text("needsLegalBasis", 2, 200);
const number = optionalNote(100);

/** Lines of a letter, up to 50; `withClause`: each ends with the clause it rests on, after a bar. */
const lines = (message: string, withClause: boolean) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .min(2, message)
      .max(8000, "tooLong")
      .transform((value, ctx): LetterItem[] => {
        const items = value
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "")
          .map((line) => {
            const at = withClause ? line.search(/[|｜]/) : -1;
            const clause = at < 0 ? null : line.slice(at + 1).trim();
            return { text: at < 0 ? line : line.slice(0, at).trim(), clause: clause || null };
          });
        if (items.length > 50) ctx.addIssue({ code: "custom", message: "tooManyLines" });
        if (withClause && items.some((item) => item.clause === null || item.text === "")) {
          ctx.addIssue({ code: "custom", message: "needsClauses" });
        }
        return items;
      }),
  );

/** Whether a review lies 1 to 400 days after, which is what a clock counts. */
function inReach(takenOn: string, reviewOn: string): boolean {
  const days = (Date.parse(reviewOn) - Date.parse(takenOn)) / 86_400_000;
  return days >= 1 && days <= 400;
}

export const measureSchema = z
  .object({
    kind: z.enum(MEASURE_KINDS, "chooseMeasure"),
    takenOn: typedDay,
    legalBasis: basis,
    summary: text("needsSummary", 2, 1000),
    documentNumber: number,
    reviewOn: optionalDay,
  })
  .refine((value) => value.kind !== "supervision" || value.reviewOn !== null, {
    path: ["reviewOn"],
    message: "needsReview",
  })
  .refine((value) => value.kind === "supervision" || value.reviewOn === null, {
    path: ["reviewOn"],
    message: "reviewOnlyThere",
  })
  .refine((value) => value.reviewOn === null || inReach(value.takenOn, value.reviewOn), {
    path: ["reviewOn"],
    message: "reviewBefore",
  });

export const outcomeSchema = z.object({
  measureId: z.uuid("version"),
  version: z.coerce.number("version").int("version").min(1, "version").max(1000, "version"),
  outcome: text("needsOutcome", 2, 1000),
});

const recipient = text("needsRecipient", 2, 100);

export const rectifySchema = z.object({
  recipient,
  legalBasis: basis,
  items: lines("needsIssues", true),
  days,
  unit,
});
export const repaymentSchema = z.object({
  recipient,
  legalBasis: basis,
  items: lines("needsAsks", false),
  days: days.refine((value) => value <= REPAYMENT_DAYS, "repaymentDays"),
});
export const forwardSchema = z.object({
  /** The id of the body it is written to. */
  recipient: text("needsRecipient", 2, 100),
  legalBasis: basis,
  items: lines("needsAsks", false),
  days,
  unit,
  replyTo: text("needsReplyTo", 2, 300),
});
export const sitesSchema = z.object({
  recipient,
  legalBasis: basis,
  items: lines("needsSites", false),
  replyTo: text("needsReplyTo", 2, 300),
});
export const transferSchema = z.object({
  recipient,
  legalBasis: basis,
  reason: text("needsTransferReason", 2, 1000),
  items: lines("needsGoes", false),
});

const step = { letterId: z.uuid("version"), onDay: typedDay, note: optionalNote(1000) };

export const servedSchema = z.object(step);
export const remindedSchema = z.object(step);
export const receivedSchema = z.object(step);
export const answeredSchema = z.object({
  ...step,
  documentNumber: number,
  note: text("needsSummary", 2, 1000),
});
export const reviewSchema = z
  .object({ ...step, result: z.enum(RESULTS_OF.review, "chooseResult"), extendDays: optionalDays })
  .refine((value) => value.result !== "done" || value.extendDays === null, {
    path: ["extendDays"],
    message: "extendOnlyLate",
  });
export const closedSchema = z.object({ ...step, result: z.enum(RESULTS_OF.closed, "chooseResult") });
export const judgedSchema = z.object({ ...step, result: z.enum(RESULTS_OF.judged, "chooseResult") });
export const receiptSchema = z
  .object({ ...step, result: z.enum(RESULTS_OF.receipt, "chooseResult"), documentNumber: number })
  .refine((value) => value.result !== "accepted" || value.documentNumber !== null, {
    path: ["documentNumber"],
    message: "needsCaseNumber",
  })
  .refine((value) => value.result !== "refused" || value.note !== null, {
    path: ["note"],
    message: "needsRefusalReason",
  });
/** Posted by the page that built a bundle, before it saves it. */
export const bundleSchema = z.object({
  letterId: z.uuid("version"),
  sha256: z.string("hashWrong").regex(/^[0-9a-f]{64}$/, "hashWrong"),
  files: z.coerce.number("version").int("version").min(0, "version").max(1000, "version"),
  bytes: z.coerce.number("version").int("version").min(0, "version").max(Number.MAX_SAFE_INTEGER, "version"),
});

export const preserveSchema = z.object({
  item: text("needsItem", 2, 200),
  quantity: text("needsQuantity", 1, 50),
  place: text("needsPlace", 2, 200),
  holder: text("needsHolder", 2, 100),
  legalBasis: basis,
  sha256,
  takenOn: typedDay,
});
const custody = {
  preservationId: z.uuid("version"),
  onDay: typedDay,
  reason: text("needsCustodyReason", 2, 500),
};
export const handoverSchema = z
  .object({ ...custody, fromHolder: text("needsHolder", 2, 100), toHolder: text("needsHolder", 2, 100) })
  .refine((value) => value.fromHolder !== value.toHolder, { path: ["toHolder"], message: "sameHolder" });
export const decidedSchema = z.object({
  ...custody,
  decision: z.enum(PRESERVATION_DECISIONS, "chooseDisposal"),
});
