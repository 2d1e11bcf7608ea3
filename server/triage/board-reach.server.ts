import { scopeOf } from "~server/staff-auth/access-table";
import type { StaffActor } from "~server/staff-auth/actor";

/**
 * Whose board a person reads: '' the leading office's (every lead), a body's id its own, null none at all. The rows of
 * lead_cards, lead_terms and board_counts are kept apart by it (0026), and row-level security asks again.
 */
export function boardReach(actor: StaffActor): string | null {
  const scope = scopeOf("routes/staff.leads.$leadId", actor.roles);
  if (scope === "portal") return "";
  return scope === "agency" ? actor.agencyId : null;
}
