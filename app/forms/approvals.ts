import { z } from "zod";
import { parseYuanToFen } from "./money";

const reason = z.string({ error: "holdReason" }).trim().min(5, "holdReason").max(300, "holdReason");

export const holdForm = z.object({ reason });

export const deputyForm = z.object({
  deputyId: z.uuid("choosePerson"),
  role: z.enum(["finance_preparer", "finance_reviewer", "finance_approver"], { error: "chooseRole" }),
  fromOn: z.iso.date("dateWrong"),
  untilOn: z.iso.date("dateWrong"),
});

export const delegationForm = z.object({ delegationId: z.uuid("version") });

/** An empty amount lifts the limit. */
export const limitForm = z.object({
  staffId: z.uuid("choosePerson"),
  limit: z.string().transform((text, context) => {
    if (text.trim() === "") return null;
    const fen = parseYuanToFen(text);
    if (fen === null || fen <= 0n) {
      context.addIssue({ code: "custom", message: "amountWrong" });
      return z.NEVER;
    }
    return fen;
  }),
});

export const settleLimitForm = z.object({
  limitId: z.uuid("version"),
  outcome: z.enum(["granted", "refused"], { error: "version" }),
});

/** Ticked rows, each `<award>.<act>` as the page showed it. */
export const chooseForm = z.object({
  row: z.preprocess(
    (rows) => (rows === undefined ? [] : [rows].flat()),
    z
      .array(
        z
          .string()
          .regex(/^[0-9a-f-]{36}[.](prepare|review|countersign|approve)$/, "version")
          .transform((text) => {
            const [awardId = "", action = ""] = text.split(".");
            return { awardId, action: action as "prepare" | "review" | "countersign" | "approve" };
          }),
      )
      .min(1, "version"),
  ),
});
