import { cleanIdNumber, idNumberFault } from "~/forms/id-number";
import {
  isAnswerStep,
  isIdentified,
  judgePage,
  readAnswers,
  stepsFor,
  type AnswerStep,
  type RawAnswers,
} from "~/forms/report";
import {
  OTHER_RED_LINE,
  STEP_FIELDS,
  listOf,
  textOf,
  type FieldErrors,
  type Values,
} from "~/forms/report-fields";
import { normaliseYearMonth } from "~/forms/year-month";
import type { Pack } from "~server/packs/grammar";
import { offeredPlaceCodes } from "~server/packs/list-places";
import { checklistFor } from "~server/packs/look-up-pack";
import { isKnownSector } from "~server/routing/lead-facts.server";

export type Ground = { readonly pack: Pack; /** YYYY-MM-DD */ readonly today: string };

/**
 * The faults of one page: the form's own rules, then what only the pack, the calendar and the other pages know. Empty
 * when the page passes.
 */
export function checkStep(ground: Ground, step: AnswerStep, raw: RawAnswers): FieldErrors {
  const values = raw[step] ?? {};
  const fields: readonly (keyof FieldErrors)[] = STEP_FIELDS[step];
  const errors: FieldErrors = {};
  const own = issuesOf(step, values);
  for (const issue of own.length === 0 ? own : [...own, ...issuesOf(step, withChoices(values))]) {
    const field = fields.find((name) => name === issue.path[0]) ?? fields[0];
    if (field !== undefined) errors[field] ??= issue.message;
  }
  for (const [field, message] of otherFaults(ground, step, raw)) errors[field] ??= message;
  return errors;
}

function issuesOf(step: AnswerStep, values: Values) {
  return judgePage(step, values).error?.issues ?? [];
}

/**
 * zod judges a page as a whole only once each field is readable. With a stand-in for every choice not made, the
 * other faults are told at the same time instead of one after the other.
 */
function withChoices(values: Values): Values {
  return {
    ...{ ongoing: "unknown", amount: "unknown", people: "unknown" },
    ...{ source: "other", prior: "no", idKind: "none" },
    ...values,
  };
}

/** The first page asked that does not pass yet, or null when the report may be sent. */
export function firstOpenPage(ground: Ground, raw: RawAnswers): AnswerStep | null {
  for (const step of stepsFor(raw)) {
    if (isAnswerStep(step) && Object.keys(checkStep(ground, step, raw)).length > 0) return step;
  }
  return null;
}

type Fault = [keyof FieldErrors, string];

function otherFaults(ground: Ground, step: AnswerStep, raw: RawAnswers): Fault[] {
  const values = raw[step] ?? {};
  switch (step) {
    case "online": {
      const online = readAnswers(raw, "online");
      const empty = online !== null && online.sites.length + online.apps.length === 0;
      return empty && raw.kind?.subjectKind === "site" ? [["sites", "siteOrApp"]] : [];
    }
    case "in-charge":
      // Asked last of what tells who is meant: without a name, one of them must.
      return readAnswers(raw, "subject")?.nameUnknown === true && !isIdentified(raw)
        ? [["responsible", "identifyOne"]]
        : [];
    case "territory": {
      const known = ["", "online", "unknown"];
      const offered = offeredPlaceCodes(ground.pack);
      return STEP_FIELDS.territory
        .filter((field) => !known.includes(textOf(values, field)) && !offered.has(textOf(values, field)))
        .map((field) => [field, "chooseOne"]);
    }
    case "sector":
      return isKnownSector(ground.pack, textOf(values, "sector")) ? [] : [["sector", "chooseOne"]];
    case "red-lines":
      return foreignRedLines(ground.pack, raw).length === 0 ? [] : [["redLines", "chooseAtLeastOne"]];
    case "time":
      return (["startedOn", "endedOn"] as const).flatMap((field): Fault[] => {
        if (field === "endedOn" && values.ongoing !== "no") return [];
        const on = normaliseYearMonth(textOf(values, field));
        return on !== null && on > ground.today.slice(0, on.length) ? [[field, "notFuture"]] : [];
      });
    case "identity": {
      if (values.idKind !== "id_card") return [];
      const fault = idNumberFault(cleanIdNumber(textOf(values, "idNumber")), ground.today);
      return fault === null ? [] : [["idNumber", fault]];
    }
    case "mode":
    case "relation":
    case "kind":
    case "subject":
    case "amounts":
    case "scale":
    case "narrative":
    case "source":
    case "contact":
    case "notice":
    case "official":
    case "reward":
    case "declaration":
      return [];
  }
}

/** Ticked red lines that are not on the chosen sector's list: the sector was changed since. */
export function foreignRedLines(pack: Pack, raw: RawAnswers): readonly string[] {
  const sector = textOf(raw.sector ?? {}, "sector");
  const list = checklistFor(pack, isKnownSector(pack, sector) ? sector : "unknown");
  const known = new Set([...list.map(({ id }) => id), OTHER_RED_LINE]);
  return listOf(raw["red-lines"] ?? {}, "redLines").filter((item) => !known.has(item));
}
