import type { RawAnswers } from "~/forms/report";
import { listOf, textOf } from "~/forms/report-fields";
import type { Pack } from "~server/packs/grammar";
import { checklistFor, type Language } from "~server/packs/look-up-pack";
import { namePlace } from "~server/packs/name-place";
import { isKnownSector } from "~server/routing/lead-facts.server";

/** The names of what was chosen from the pack, by the value chosen: sectors, red lines, places. */
export function nameAnswers(pack: Pack, raw: RawAnswers, language: Language): Record<string, string> {
  const names: Record<string, string> = {};
  const sector = textOf(raw.sector ?? {}, "sector");
  const title = pack.sectors.find(({ id }) => id === sector)?.title[language];
  if (title !== undefined) names[sector] = title;
  const list = checklistFor(pack, isKnownSector(pack, sector) ? sector : "unknown");
  for (const chosen of listOf(raw["red-lines"] ?? {}, "redLines")) {
    const item = list.find(({ id }) => id === chosen);
    if (item !== undefined) names[chosen] = item.text[language];
  }
  for (const field of ["operating", "registered", "occurred"]) {
    const code = textOf(raw.territory ?? {}, field);
    const name = code === "" ? null : namePlace(pack, code, language);
    if (name !== null) names[code] = name;
  }
  return names;
}
