import { z } from "zod";
import { CLOSURE_CODES, STAGES, type ClosureCode, type MoveNeed } from "~server/triage/stages";
import { optionalChoice, optionalNote, shownVersion } from "./form-fields";

/** Codes an officer chooses from; 不予受理 is a stage of its own. */
export const CHOSEN_CLOSURES = CLOSURE_CODES.filter(
  (code): code is Exclude<ClosureCode, "rejected"> => code !== "rejected",
);

/** The field a need is met in, and what to say when it is empty. */
export const NEED_FIELDS = {
  note: { field: "note", error: "needsNote" },
  legal_basis: { field: "legalBasis", error: "needsLegalBasis" },
  proposed_body: { field: "proposedBody", error: "needsProposedBody" },
  closure: { field: "closureCode", error: "needsClosure" },
} as const satisfies Partial<Record<MoveNeed, { field: string; error: string }>>;

/** The form of one move. Which fields it needs depends on the move; `needs` is that of the move asked for. */
export function moveSchema(needs: readonly MoveNeed[]) {
  return z
    .object({
      to: z.enum(STAGES, "chooseStage"),
      version: shownVersion,
      note: optionalNote(1000),
      legalBasis: optionalNote(300),
      proposedBody: optionalChoice,
      closureCode: z.preprocess((value) => value || null, z.enum(CHOSEN_CLOSURES, "needsClosure").nullable()),
    })
    .superRefine((value, ctx) => {
      for (const [need, { field, error }] of Object.entries(NEED_FIELDS)) {
        if (needs.some((one) => one === need) && value[field] === null) {
          ctx.addIssue({ code: "custom", path: [field], message: error });
        }
      }
    });
}
