import { divisionName } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";
import { territoryUnit } from "~server/packs/look-up-pack";
import { readSubstances } from "~server/packs/read-substance";
import type { SectorId } from "~server/packs/sector-ids";
import { findClash } from "~server/routing/decide-sectors";
import type { RoutingFacts } from "~server/routing/facts";

/**
 * Something in the facts that does not fit. `to` says what the router does about it: `fallback`, the leading office
 * takes the sector because its rules cannot be trusted with these facts; `rule`, the rules decide all the same and
 * the remark is for whoever confirms the decision.
 */
export type Contradiction = {
  kind:
    | "licence_nobody_gives"
    | "several_substances"
    | "unlisted_substance"
    | "substance_of_another_sector"
    | "unknown_beside_known"
    | "unlisted_place";
  to: "fallback" | "rule";
  /** The sector it concerns; null where it concerns the whole lead. */
  sector: SectorId | null;
  matched: Partial<RoutingFacts>;
};

function contradictionOf(pack: Pack, sector: SectorId, facts: RoutingFacts): Contradiction | null {
  const clash = findClash(pack, sector, facts);
  if (clash) return { kind: clash.kind, to: "fallback", sector, matched: clash.matched };
  const { substance } = facts;
  if (substance === null || sector === "unknown") return null;
  const matched = { substance };
  const row = pack.rows.find((one) => one.sector === sector);
  const own = row?.substances === undefined ? [] : readSubstances(row, substance);
  const followed = own.flatMap(({ name }) =>
    (row?.rules ?? []).flatMap(({ sameAs, when }) =>
      sameAs !== undefined && Array.isArray(when?.substance) && when.substance.includes(name) ? [sameAs] : [],
    ),
  );
  // Clearly another sector's business, and not known to be unlicensed, which would have sent it to that plan.
  if (followed.length > 0 && facts.licensed !== false && !facts.nested) {
    return { kind: "substance_of_another_sector", to: "rule", sector, matched };
  }
  if (own.length > 0) return null;
  const foreign = pack.rows.some((one) => one.sector !== sector && readSubstances(one, substance).length > 0);
  if (foreign) return { kind: "substance_of_another_sector", to: "rule", sector, matched };
  return row?.substances === undefined ? null : { kind: "unlisted_substance", to: "rule", sector, matched };
}

/**
 * What contradicts itself in the facts, for the page that explains a decision: by sector in the order given, then
 * what concerns the whole lead. Pure; empty for facts that fit together. The decision itself says so as well: where
 * the leading office takes over, its reason quotes the facts that clash.
 */
export function contradictionsOf(pack: Pack, facts: RoutingFacts): Contradiction[] {
  const sectors = [...new Set(facts.sectors)];
  const found = sectors.flatMap((sector) => contradictionOf(pack, sector, facts) ?? []);
  if (sectors.length > 1 && sectors.includes("unknown")) {
    found.push({ kind: "unknown_beside_known", to: "rule", sector: null, matched: { sectors } });
  }
  for (const key of ["registered", "operating", "occurred"] as const) {
    const code = facts[key];
    if (code === null || territoryUnit(pack, code) !== null || divisionName(code) !== null) continue;
    found.push({ kind: "unlisted_place", to: "rule", sector: null, matched: { [key]: code } });
  }
  return found;
}
