import { readAnswers, isIdentified, type AnswerStep, type RawAnswers } from "~/forms/report";
import type { Pack } from "~server/packs/grammar";
import { foreignRedLines } from "./check-step.server";

/** Why a page that was answered is asked again; keys of the catalogue's `report.again`. */
export type Again = "sectorChanged" | "siteNeedsAddress" | "nameMissing";

/** null where the page was never answered, or nothing answered since has made it ill-fitting. */
export function askAgain(pack: Pack, step: AnswerStep, raw: RawAnswers): Again | null {
  if (raw[step] === undefined) return null;
  if (step === "red-lines") return foreignRedLines(pack, raw).length > 0 ? "sectorChanged" : null;
  if (step === "online") {
    const online = readAnswers(raw, "online");
    const empty = online !== null && online.sites.length + online.apps.length === 0;
    return empty && raw.kind?.subjectKind === "site" ? "siteNeedsAddress" : null;
  }
  if (step === "in-charge") {
    return readAnswers(raw, "subject")?.nameUnknown === true && !isIdentified(raw) ? "nameMissing" : null;
  }
  return null;
}
