import { z } from "zod";

/** Tips judged at once at most: what one page shows, and some to spare. */
const AT_ONCE = 50;

/**
 * One act of the spam queue: `judge` is a verdict for the tips ticked, or `verdict:id` for one of them by its own
 * button.
 */
export const judgeSpamSchema = z
  .object({
    judge: z.string("chooseSpamVerdict").regex(/^(report|spam)(:[0-9a-f-]{36})?$/, "chooseSpamVerdict"),
    tipId: z
      .union([z.uuid("chooseTips"), z.array(z.uuid("chooseTips")).max(AT_ONCE, "chooseTips")])
      .optional(),
  })
  .transform(({ judge, tipId }, context) => {
    const [verdict, one] = judge.split(":");
    const ticked = tipId === undefined ? [] : Array.isArray(tipId) ? tipId : [tipId];
    const tipIds = one === undefined ? [...new Set(ticked)] : [one];
    if (tipIds.length === 0) {
      context.addIssue({ code: "custom", path: ["tipId"], message: "chooseTips" });
      return z.NEVER;
    }
    return { verdict: verdict === "report" ? ("report" as const) : ("spam" as const), tipIds };
  });
