import type { AnswerStep, RawAnswers } from "~/forms/report";
import { textOf, type Values } from "~/forms/report-fields";

/**
 * The draft with one page answered anew. Who somebody is goes the moment they want to stay anonymous; answers that no
 * longer fit stay, and are asked again (`askAgain`): whoever changes their mind back has lost nothing.
 */
export function changeAnswers(raw: RawAnswers, step: AnswerStep, values: Values): RawAnswers {
  const next: RawAnswers = { ...raw, [step]: values };
  if (step === "mode" && textOf(values, "mode") === "anonymous") {
    delete next.identity;
    delete next.contact;
    if (textOf(raw.mode ?? {}, "mode") === "named") delete next.notice;
  }
  return next;
}
