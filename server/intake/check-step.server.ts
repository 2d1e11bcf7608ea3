import { STEP_SCHEMAS, normaliseYearMonth, stepsFor, type AnswerStep, type RawAnswers } from "~/forms/report";
import {
  OTHER_RED_LINE,
  STEP_FIELDS,
  listOf,
  textOf,
  type FieldErrors,
  type Values,
} from "~/forms/report-fields";
import type { Pack } from "~server/packs/grammar";
import { offeredPlaceCodes } from "~server/packs/list-places";
import { checklistFor } from "~server/packs/look-up-pack";
import { isKnownSector } from "~server/routing/lead-facts.server";

type Ground = { readonly pack: Pack; /** YYYY-MM-DD */ readonly today: string };

/**
 * The faults of one page: the form's own rules, then what only the pack and the calendar know. Empty when the
 * page passes.
 */
export function checkStep(ground: Ground, step: AnswerStep, raw: RawAnswers): FieldErrors {
  const values = raw[step] ?? {};
  const fields: readonly (keyof FieldErrors)[] = STEP_FIELDS[step];
  const errors: FieldErrors = {};
  for (const issue of [...issuesOf(step, values), ...issuesOf(step, withChoices(values))]) {
    const field = fields.find((name) => name === issue.path[0]) ?? fields[0];
    if (field !== undefined) errors[field] ??= issue.message;
  }
  for (const [field, message] of packFaults(ground, step, raw)) errors[field] ??= message;
  return errors;
}

function issuesOf(step: AnswerStep, values: Values) {
  return STEP_SCHEMAS[step].safeParse(values).error?.issues ?? [];
}

/**
 * zod judges a page as a whole only once each field is readable. With a stand-in for every choice not made, the
 * other faults are told at the same time instead of one after the other.
 */
function withChoices(values: Values): Values {
  return { subjectKind: "organisation", ongoing: "unknown", amount: "unknown", people: "unknown", ...values };
}

/** The first page asked that does not pass yet, or null when the report may be sent. */
export function firstOpenPage(ground: Ground, raw: RawAnswers): AnswerStep | null {
  for (const step of stepsFor(raw)) {
    if (step !== "check" && Object.keys(checkStep(ground, step, raw)).length > 0) return step;
  }
  return null;
}

function packFaults(ground: Ground, step: AnswerStep, raw: RawAnswers): [keyof FieldErrors, string][] {
  const values = raw[step] ?? {};
  switch (step) {
    case "territory": {
      const known = offeredPlaceCodes(ground.pack).add("online").add("unknown");
      return STEP_FIELDS.territory
        .filter((field) => textOf(values, field) !== "" && !known.has(textOf(values, field)))
        .map((field) => [field, "chooseOne"]);
    }
    case "sector":
      return isKnownSector(ground.pack, textOf(values, "sector")) ? [] : [["sector", "chooseOne"]];
    case "red-lines": {
      const known = new Set(redLineIds(ground.pack, textOf(raw.sector ?? {}, "sector")));
      return listOf(values, "redLines").every((item) => known.has(item))
        ? []
        : [["redLines", "chooseAtLeastOne"]];
    }
    case "amounts": {
      const start = normaliseYearMonth(textOf(values, "startedOn").normalize("NFKC").trim());
      return start !== null && start > ground.today.slice(0, start.length)
        ? [["startedOn", "notFuture"]]
        : [];
    }
    case "mode":
    case "subject":
    case "narrative":
    case "contact":
    case "reward":
    case "declaration":
      return [];
  }
}

function redLineIds(pack: Pack, sector: string): string[] {
  const list = checklistFor(pack, isKnownSector(pack, sector) ? sector : "unknown");
  return [...list.map(({ id }) => id), OTHER_RED_LINE];
}
