import { z } from "zod";
import { parseYuanToFen } from "./money";

export { typedDay } from "./day-fields";

/** An amount in 元 or 万元 as typed, above zero, in 分. */
export const typedAmount = z.preprocess(
  (value) => (typeof value === "string" ? value : ""),
  z.string().transform((value, ctx) => {
    const fen = parseYuanToFen(value);
    if (fen === null || fen <= 0n) ctx.addIssue({ code: "custom", message: "amountWrong" });
    return fen ?? 0n;
  }),
);

/** Minted with the form by the server, so that a double click or a retry is one posting. */
export const requestKey = z.string("version").regex(/^[a-z0-9-]{8,64}$/, "version");
