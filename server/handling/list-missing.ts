import type { LetterKind, MeasureKind, StepKind } from "./handling-kinds";

/** What is still missing before a lead closes as 属实; a hint, nothing is refused for it. Client-safe. */
export type Missing =
  | "finding"
  | "supervision"
  | "rectify_letter"
  | "rectify_served"
  | "rectify_review"
  | "rectify_closed"
  | "ban_measure"
  | "preservation_decision";

type Handled = {
  /** Class of the finding that counts; null where there is none. */
  readonly entityClass: string | null;
  readonly measures: readonly MeasureKind[];
  readonly letters: readonly { readonly kind: LetterKind; readonly steps: readonly StepKind[] }[];
  /** Things kept whose decision is not recorded. */
  readonly undecided: number;
};

const ENDS_BUSINESS: readonly MeasureKind[] = ["close_down", "licence", "transfer"];

/**
 * 合规 asks for a note of supervision, 整改 for a notice carried to its end, 取缔 for a measure that ends the business or a
 * case handed to the police (方案 分类处置).
 */
export function listMissing(handled: Handled): Missing[] {
  const { entityClass, measures, letters, undecided } = handled;
  const has = (kind: LetterKind, step: StepKind) =>
    letters.some((letter) => letter.kind === kind && letter.steps.includes(step));
  const missing: Missing[] = [];
  if (entityClass === null) missing.push("finding");
  if (entityClass === "compliant" && !measures.includes("supervision")) missing.push("supervision");
  if (entityClass === "rectify") {
    if (!letters.some(({ kind }) => kind === "rectify")) missing.push("rectify_letter");
    else if (!has("rectify", "served")) missing.push("rectify_served");
    else if (!has("rectify", "review")) missing.push("rectify_review");
    else if (!has("rectify", "closed")) missing.push("rectify_closed");
  }
  if (
    entityClass === "ban" &&
    !measures.some((kind) => ENDS_BUSINESS.includes(kind)) &&
    !has("transfer", "receipt")
  )
    missing.push("ban_measure");
  if (undecided > 0) missing.push("preservation_decision");
  return missing;
}
