import { stepsFor, isAnswerStep, type AnswerStep, type RawAnswers } from "./report";
import { STEP_FIELDS, readStepForm } from "./report-fields";

/** How a report reached the desk; the names are the staff catalogue's (`desk.channels`). */
export const DESK_CHANNELS = [
  "hotline",
  "visit",
  "letter",
  "fax",
  "email",
  "wechat",
  "hotline_12345",
  "credit_china",
  "nifa",
] as const;
export type DeskChannel = (typeof DESK_CHANNELS)[number];

export function isDeskChannel(value: string): value is DeskChannel {
  return (DESK_CHANNELS as readonly string[]).includes(value);
}

/** Where the reporter is there to be asked; a letter declares nothing. */
export function isPresent(channel: string): boolean {
  return channel === "hotline" || channel === "visit";
}

/** The pages of the report form that the desk asks, in their order; evidence comes later, by the receipt. */
export function deskSteps(raw: RawAnswers, channel: string): AnswerStep[] {
  return stepsFor(raw)
    .filter(isAnswerStep)
    .filter((step) => step !== "declaration" || isPresent(channel));
}

/** All of what was typed at the desk, page by page. */
export function readDeskForm(form: FormData): RawAnswers {
  const steps = Object.keys(STEP_FIELDS) as AnswerStep[];
  return Object.fromEntries(steps.map((step) => [step, readStepForm(step, form)]));
}
