import { z } from "zod";
import { checkbox, optionalChoice, optionalNote } from "./form-fields";
import { cleanNote } from "./clean-text";
import { CHOSEN_CLOSURES } from "./move";
import { STAGES } from "~server/triage/stages";

/** At most so many leads in one act. */
export const BULK_LIMIT = 500;

/** A view under a name. The threshold is a number of cards above which it tells; empty for never. */
export const viewSchema = z.object({
  name: z.preprocess(cleanNote, z.string("viewName").min(1, "viewName").max(30, "viewName")),
  shared: checkbox,
  makeDefault: checkbox,
  threshold: limit("threshold", 0, 9999),
});

export const limitedStages = ["triage", "dispatched", "investigating", "determined"] as const;

export const optionsSchema = z.object({
  triage: limit("stageLimit", 1, 9999),
  dispatched: limit("stageLimit", 1, 9999),
  investigating: limit("stageLimit", 1, 9999),
  determined: limit("stageLimit", 1, 9999),
  personLimit: limit("stageLimit", 1, 999),
  inTurn: checkbox,
});

function limit(message: string, least: number, most: number) {
  return z.preprocess(
    (value) => (typeof value === "string" ? value.normalize("NFKC").trim() : ""),
    z
      .string()
      .regex(/^\d{0,4}$/, message)
      .transform((text) => (text === "" ? null : Number(text)))
      .refine((number) => number === null || (number >= least && number <= most), message),
  );
}

/** Who a lead is given to: oneself, whoever's turn it is, nobody, or a colleague by id. */
export const assignSchema = z.object({
  assignee: z
    .string("chooseAssignee")
    .regex(/^(me|turn|nobody|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, "chooseAssignee")
    .transform((to) => (to === "me" || to === "turn" || to === "nobody" ? to : { staffId: to })),
});

/** One act on all chosen leads. */
export const bulkSchema = z
  .object({
    act: z.enum(["assign", "move"], "chooseAct"),
    assignee: z.string().catch(""),
    to: z.enum(STAGES).or(z.literal("")).catch(""),
    note: optionalNote(1000),
    legalBasis: optionalNote(300),
    proposedBody: optionalChoice,
    closureCode: z.preprocess((value) => value || null, z.enum(CHOSEN_CLOSURES, "needsClosure").nullable()),
  })
  .superRefine((value, ctx) => {
    if (value.act === "assign" && !assignSchema.safeParse(value).success)
      ctx.addIssue({ code: "custom", path: ["assignee"], message: "chooseAssignee" });
    if (value.act === "move" && value.to === "")
      ctx.addIssue({ code: "custom", path: ["to"], message: "chooseStage" });
  });

/** `<lead id>:<version>` as a card's box posts it; anything else is left out. */
export function readPicks(values: readonly string[]): { id: string; version: number }[] {
  const picks = new Map<string, { id: string; version: number }>();
  for (const value of values) {
    const parts = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9]\d{0,8})$/.exec(value);
    if (parts?.[1] !== undefined) picks.set(parts[1], { id: parts[1], version: Number(parts[2]) });
  }
  return [...picks.values()];
}
