import type { Role } from "~server/staff-auth/roles";

/** The board's columns, in order; disputes, refusals and returns stand beside the line. Client-safe. */
export const STAGES = [
  "new",
  "triage",
  "dispatched",
  "investigating",
  "determined",
  "closed",
  "disputed",
  "rejected",
  "returned",
] as const;
export type Stage = (typeof STAGES)[number];

export const CLOSURE_CODES = [
  "substantiated",
  "unsubstantiated",
  "rejected",
  "transferred",
  "duplicate",
  "insufficient",
] as const;
export type ClosureCode = (typeof CLOSURE_CODES)[number];

/** What a move must bring: a note always may, these must. */
export type MoveNeed = "note" | "legal_basis" | "proposed_body" | "closure" | "route" | "verified_finding";

export type Move = {
  readonly from: Stage;
  readonly to: Stage;
  readonly roles: readonly Role[];
  readonly needs: readonly MoveNeed[];
};

const TRIAGE: readonly Role[] = ["triage_officer"];
const AGENCY: readonly Role[] = ["agency_officer"];
const BOTH: readonly Role[] = ["triage_officer", "agency_officer"];

/**
 * Every move of a card, who may make it and what it needs. A move that `needs` a route is made by confirming the
 * route (dispatch-lead), not by the menu's plain form. What is not listed is refused.
 */
export const MOVES: readonly Move[] = [
  { from: "new", to: "triage", roles: TRIAGE, needs: [] },
  { from: "new", to: "dispatched", roles: TRIAGE, needs: ["route"] },
  { from: "new", to: "rejected", roles: TRIAGE, needs: ["note"] },
  { from: "triage", to: "dispatched", roles: TRIAGE, needs: ["route"] },
  { from: "triage", to: "rejected", roles: TRIAGE, needs: ["note"] },
  { from: "triage", to: "disputed", roles: TRIAGE, needs: ["legal_basis"] },
  { from: "dispatched", to: "investigating", roles: AGENCY, needs: [] },
  { from: "dispatched", to: "returned", roles: AGENCY, needs: ["legal_basis", "proposed_body"] },
  { from: "dispatched", to: "disputed", roles: BOTH, needs: ["legal_basis"] },
  { from: "investigating", to: "returned", roles: AGENCY, needs: ["legal_basis", "proposed_body"] },
  { from: "investigating", to: "disputed", roles: BOTH, needs: ["legal_basis"] },
  { from: "investigating", to: "determined", roles: AGENCY, needs: ["verified_finding"] },
  { from: "investigating", to: "closed", roles: AGENCY, needs: ["note", "closure"] },
  { from: "determined", to: "closed", roles: AGENCY, needs: ["note", "closure"] },
  { from: "returned", to: "triage", roles: TRIAGE, needs: [] },
  { from: "returned", to: "dispatched", roles: TRIAGE, needs: ["route"] },
  { from: "returned", to: "rejected", roles: TRIAGE, needs: ["note"] },
  { from: "disputed", to: "dispatched", roles: TRIAGE, needs: ["route"] },
  { from: "disputed", to: "rejected", roles: TRIAGE, needs: ["note"] },
];

/** Moves by which bodies pass a lead on: one of the leading office alone has no other body to go to. */
export const BETWEEN_BODIES: readonly Stage[] = ["returned", "disputed"];

export function findMove(from: Stage, to: Stage): Move | null {
  return MOVES.find((move) => move.from === from && move.to === to) ?? null;
}

export function movesFrom(from: Stage): Move[] {
  return MOVES.filter((move) => move.from === from);
}
