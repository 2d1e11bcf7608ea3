import { z } from "zod";
import { cleanNote } from "./clean-text";
import { requestKey, typedAmount } from "./finance-fields";
import { parseYuanToFen } from "./money";

export const WINDOW_INTENTS = [
  "find",
  "papers",
  "pay",
  "move",
  "count",
  "agree",
  "unlock",
  "propose",
  "open",
  "refuse",
  "close",
] as const;
export type WindowIntent = (typeof WINDOW_INTENTS)[number];

export const WINDOW_DONE = [
  "paid",
  "papers",
  "moved",
  "counted",
  "closedDay",
  "unlocked",
  "proposed",
  "opened",
  "refused",
  "closed",
] as const;
export type WindowDone = (typeof WINDOW_DONE)[number];

const text = (most: number, least: number) =>
  z.preprocess((value) => cleanNote(value ?? ""), z.string().min(least, "windowWords").max(most, "tooLong"));

export const moveSchema = z.object({
  kind: z.enum(["top_up", "return"], "chooseMovement"),
  amount: typedAmount,
  requestKey,
});

/** What was counted, in 元 as typed; nothing in the box is 0. */
export const countSchema = z.object({
  counted: z.preprocess(
    (value) => (typeof value === "string" ? value : ""),
    z.string().transform((value, ctx) => {
      const fen = parseYuanToFen(value);
      if (fen === null) ctx.addIssue({ code: "custom", message: "amountWrong" });
      return fen ?? 0n;
    }),
  ),
  book: z.string("version").regex(/^\d{1,18}$/, "version"),
  explanation: z.preprocess((value) => cleanNote(value ?? ""), z.string().max(300, "tooLong")),
});

export const proposeSchema = z.object({
  fundId: z.uuid("chooseFund"),
  code: z.preprocess(
    (value) => (typeof value === "string" ? value.normalize("NFKC").trim().toUpperCase() : ""),
    z.string().regex(/^[A-Z]{2}$/, "windowCode"),
  ),
  nameZh: text(60, 2),
  nameEn: text(80, 2),
  addressZh: text(120, 4),
  addressEn: text(160, 4),
  hoursZh: text(80, 4),
  hoursEn: text(80, 4),
});
