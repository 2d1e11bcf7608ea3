import type { PackFault } from "~server/packs/check-pack";
import type { Pack } from "~server/packs/grammar";

const DIVISION = /^\d{6}$/;

/**
 * "Inside" is decided by the prefix alone, so every unit the pack lists must carry it; a local code
 * must not look like a division code, or a reader could not tell which list names it.
 */
export function findTerritoryFault(pack: Pack): PackFault | null {
  const { prefix, rule, sectorRules, units } = pack.territory;
  if (rule.kind === "provincial") {
    const fault = "the default rule cannot be provincial: equal codes would have none";
    return { path: ["territory", "rule", "kind"], rule: rule.id, fault };
  }
  const ruled = new Set<string>();
  for (const [at, { id, sectors }] of sectorRules.entries()) {
    const twice = sectors.findIndex((sector) => ruled.has(sector));
    if (twice >= 0) {
      const path = ["territory", "sectorRules", at, "sectors", twice];
      return { path, rule: id, fault: `can never apply: "${sectors[twice]}" already has a territory rule` };
    }
    sectors.forEach((sector) => ruled.add(sector));
  }
  const seen = new Set<string>();
  for (const [at, { code, parent, local }] of units.entries()) {
    const path = ["territory", "units", at];
    if (seen.has(code)) return { path: [...path, "code"], fault: `duplicate territory "${code}"` };
    seen.add(code);
    if (prefix !== null && !code.startsWith(prefix)) {
      return { path: [...path, "code"], fault: `"${code}" does not begin with the prefix ${prefix}` };
    }
    if (local === DIVISION.test(code)) {
      const fault = local ? "a local code must not be six digits" : "must be six digits, or marked local";
      return { path: [...path, "code"], fault };
    }
    // A local parent comes first in the list, so that no chain of parents can be a ring.
    if (parent === code || !(seen.has(parent) || DIVISION.test(parent))) {
      return { path: [...path, "parent"], fault: `unknown territory "${parent}"` };
    }
  }
  return null;
}
