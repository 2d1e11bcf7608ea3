import type { AnswerStep, RawAnswers } from "~/forms/report";
import { textOf, type Values } from "~/forms/report-fields";

/**
 * The draft with one page answered anew. Answers that depended on the old ones go: the red lines of another sector,
 * and the contact details of somebody who now wants to stay anonymous.
 */
export function changeAnswers(raw: RawAnswers, step: AnswerStep, values: Values): RawAnswers {
  const next: RawAnswers = { ...raw, [step]: values };
  if (step === "sector" && textOf(raw.sector ?? {}, "sector") !== textOf(values, "sector")) {
    delete next["red-lines"];
  }
  if (step === "mode" && textOf(values, "mode") === "anonymous") delete next.contact;
  return next;
}
