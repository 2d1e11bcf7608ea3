import type { PackFault } from "~server/packs/check-pack";
import type { Pack } from "~server/packs/grammar";

/** The row that takes all nested business must have a rule for it, or naming it would change nothing. */
export function findNestedFault(pack: Pack): PackFault | null {
  const sector = pack.nestedBusiness?.sector;
  if (sector === undefined) return null;
  const rules = pack.rows.find((row) => row.sector === sector)?.rules ?? [];
  if (rules.some(({ when }) => when?.nested === true)) return null;
  return { path: ["nestedBusiness", "sector"], fault: `"${sector}" has no rule for nested business` };
}
