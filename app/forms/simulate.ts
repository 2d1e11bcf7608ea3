import { z } from "zod";
import { cleanText } from "./clean-text";
import { checkbox } from "./form-fields";
import { parseYuanToFen } from "./money";

const code = z
  .preprocess((value) => cleanText(value ?? ""), z.string().regex(/^(?:[0-9A-Za-z]{4,12})?$/, "placeCode"))
  .transform((value) => (value === "" ? null : value.toUpperCase()));

const whole = z
  .preprocess((value) => cleanText(value ?? ""), z.string().regex(/^\d{0,9}$/, "wholeNumber"))
  .transform(Number);

/** 模拟分办: made-up facts for the router, as a person types them. Amounts in 元; the router takes 分. */
export const simulateSchema = z.object({
  rules: z.preprocess(cleanText, z.string("chooseVersion").min(1, "chooseVersion").max(120, "chooseVersion")),
  sectors: z.preprocess(
    (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(z.string().max(40)).min(1, "chooseSector").max(20, "chooseSector"),
  ),
  registered: code,
  operating: code,
  occurred: code,
  alleged: z
    .preprocess((value) => cleanText(value ?? ""), z.string().max(40, "amountWrong"))
    .transform((text, context) => {
      if (text === "") return "0";
      const fen = parseYuanToFen(text);
      if (fen !== null) return String(fen);
      context.addIssue({ code: "custom", message: "amountWrong" });
      return z.NEVER;
    }),
  people: whole,
  tips: whole,
  suspectedCrime: checkbox,
  petition: checkbox,
  nested: checkbox,
  substance: z
    .preprocess((value) => cleanText(value ?? ""), z.string().max(60, "tooLong"))
    .transform((value) => value || null),
  licensed: z
    .enum(["yes", "no", ""])
    .catch("")
    .transform((value) => (value === "" ? null : value === "yes")),
});
