import { divisionName, divisionPath } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";
import { territoryUnit, type Language } from "~server/packs/look-up-pack";

/** The name of a code, local codes included; null for one neither the pack nor the list knows. */
export function namePlace(pack: Pack, code: string, language: Language = "zh"): string | null {
  return territoryUnit(pack, code)?.name[language] ?? divisionName(code);
}

/** The full Chinese name down from the province: 浙江省金华市金义都市新区. Null when unknown. */
export function namePlaceInFull(pack: Pack, code: string): string | null {
  const unit = territoryUnit(pack, code);
  if (!unit?.local) {
    const path = divisionPath(code).map(({ name }) => name);
    return path.length > 0 ? path.join("") : (unit?.name.zh ?? null);
  }
  return `${namePlaceInFull(pack, unit.parent) ?? ""}${unit.name.zh}`;
}
