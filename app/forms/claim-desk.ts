import { z } from "zod";
import { cleanNote } from "./clean-text";
import { typedDay } from "./finance-fields";

/** 延长领取期限. */
export const extendClaimForm = z.object({
  until: typedDay,
  reason: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z.string().min(5, "payoutReason").max(300, "payoutReason"),
  ),
});

/** 查验继承证明. The kinds are those of recordPapers. */
export const seePapersForm = z.object({
  kind: z.enum(["notarised_inheritance", "court_decision", "village_proof", "other_legal"], "choosePapers"),
  mark: z.string("version").regex(/^[0-9a-f]{32}$/, "version"),
});
