import type { Role } from "./roles";

/** `signed-in` is any member of staff; `nobody` is a method the route does not have. */
export type Who = "anyone" | "signed-in" | "nobody" | { readonly roles: readonly Role[] };

export type RouteAccess = {
  /** Who may call the loader (GET). */
  readonly read: Who;
  /** Who may call the action (POST and the like). */
  readonly write: Who;
  /** Demo sessions look and triage; where this is absent their writes are refused (product: passkey for the rest). */
  readonly demoMayWrite?: true;
};

const FINANCE = ["finance_preparer", "finance_reviewer", "finance_approver"] as const;
const BOARD = ["triage_officer", "agency_officer", "agency_verifier"] as const;

/**
 * The one list of who may use which staff route, by Remix route id. A staff route that is not in it answers 404 to
 * everyone. Roles here open the door; which lead or voucher a person may touch is decided by the domain functions.
 */
export const ACCESS = {
  /** The layout also frames the sign-in and enrolment pages. */
  "routes/staff": { read: "anyone", write: "nobody" },
  /** Addresses that are no page. */
  "routes/staff.$": { read: "signed-in", write: "nobody" },
  "routes/staff._index": { read: "signed-in", write: "nobody" },
  "routes/staff.sign-in": { read: "anyone", write: "anyone" },
  "routes/staff.enrol": { read: "anyone", write: "anyone" },
  /** Anyone, so that a browser whose session has run out can still drop its cookie. */
  "routes/staff.sign-out": { read: "anyone", write: "anyone" },
  "routes/staff.webauthn": { read: "anyone", write: "anyone" },
  /** One's own wrapped keys, as JSON. */
  "routes/staff.keyring": { read: "signed-in", write: "nobody" },
  /** Asks for a passkey's touch before a grave act. A JSON endpoint. */
  "routes/staff.step-up": { read: "nobody", write: "signed-in" },
  "routes/staff.board": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    demoMayWrite: true,
  },
  "routes/staff.leads.$leadId": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    demoMayWrite: true,
  },
  "routes/staff.leads.$leadId_.findings": {
    read: { roles: ["agency_officer", "agency_verifier", "auditor"] },
    write: { roles: ["agency_officer", "agency_verifier"] },
  },
  /** Opening, searching and comparing all of a lead's narratives; the batches are JSON for the page's worker. */
  "routes/staff.leads.$leadId_.narratives": { read: { roles: BOARD }, write: "nobody" },
  "routes/staff.leads.$leadId_.narratives_.batch": { read: { roles: BOARD }, write: "nobody" },
  /** Content keys that wait for the bodies holding a lead; the second is the JSON endpoint triage's browser works with. */
  "routes/staff.handover": { read: { roles: ["triage_officer"] }, write: "nobody" },
  "routes/staff.handover_.keys": {
    read: "nobody",
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
  },
  /** Opening a reporter's identity, two custodians at a time; the second is the JSON endpoint of their browsers. */
  "routes/staff.identities": { read: { roles: ["identity_custodian", "auditor"] }, write: "nobody" },
  "routes/staff.identities_.act": { read: "nobody", write: { roles: ["identity_custodian"] } },
  /** The intake desk: hotline operators record tips and see no others. */
  "routes/staff.tips": {
    read: { roles: ["hotline_operator"] },
    write: { roles: ["hotline_operator"] },
  },
  "routes/staff.rewards": { read: { roles: [...FINANCE, "auditor"] }, write: { roles: FINANCE } },
  // The underscore keeps these two out of the list's page; their addresses are still below /staff/rewards.
  "routes/staff.rewards_.$awardId": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
  },
  "routes/staff.rewards_.assess": {
    read: { roles: ["finance_preparer"] },
    write: { roles: ["finance_preparer"] },
  },
  /** A JSON endpoint: its loader answers 404 to everyone. */
  "routes/staff.sign": { read: "nobody", write: { roles: FINANCE } },
  "routes/staff.budget": { read: { roles: [...FINANCE, "auditor"] }, write: { roles: FINANCE } },
  "routes/staff.payments": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: { roles: ["cashier", ...FINANCE] },
  },
  "routes/staff.people": {
    read: { roles: ["administrator", "auditor"] },
    write: { roles: ["administrator"] },
  },
  "routes/staff.audit": { read: { roles: ["auditor", "administrator"] }, write: "nobody" },
} as const satisfies Record<string, RouteAccess>;

export type StaffRouteId = keyof typeof ACCESS;

/** The declared access of a route, or null when nothing was declared. */
export function accessOf(routeId: string): RouteAccess | null {
  const table: Record<string, RouteAccess> = ACCESS;
  return Object.hasOwn(table, routeId) ? (table[routeId] ?? null) : null;
}
