import { paths } from "~/paths";
import type { MoveNeed, Stage } from "~server/triage/stages";

/** The kind of what is dragged: nothing else can be let go on a column. */
export const LEAD_DRAG = "application/x-portal-lead";

/** The board with a lead's panel open (null: closed). */
export function panelUrl(search: string, leadId: string | null): string {
  const params = new URLSearchParams(search);
  params.delete("move");
  if (leadId === null) params.delete("open");
  else params.set("open", leadId);
  const query = params.toString();
  return query === "" ? paths.staff.board() : `${paths.staff.board()}?${query}`;
}

/**
 * Where a move's form is: 确认转办 on the lead's page, one that needs words in the lead's panel; null for a move that
 * needs nothing and is posted at once.
 */
export function moveUrl(
  leadId: string,
  move: { readonly to: Stage; readonly needs: readonly MoveNeed[] },
  search: string,
): string | null {
  if (move.needs.includes("route")) return `${paths.staff.lead(leadId)}#dispatch`;
  if (!move.needs.some((need) => need !== "verified_finding")) return null;
  const params = new URLSearchParams(search);
  params.set("open", leadId);
  params.set("move", move.to);
  return `${paths.staff.board()}?${params.toString()}#move-${move.to}`;
}
