import type { StaffActor } from "./actor";
import { decideAccess } from "./decide-access";

/** The pages of the left navigation, in order, each with the route that answers there. */
export const NAV = [
  { id: "tips", routeId: "routes/staff.tips" },
  { id: "import", routeId: "routes/staff.import" },
  { id: "board", routeId: "routes/staff.board" },
  { id: "search", routeId: "routes/staff.search" },
  { id: "dossiers", routeId: "routes/staff.dossiers" },
  { id: "disputes", routeId: "routes/staff.disputes" },
  { id: "alerts", routeId: "routes/staff.alerts" },
  { id: "deadlines", routeId: "routes/staff.deadlines" },
  { id: "plan", routeId: "routes/staff.plan" },
  { id: "spam", routeId: "routes/staff.spam" },
  { id: "watch", routeId: "routes/staff.watch" },
  { id: "handover", routeId: "routes/staff.handover" },
  { id: "identities", routeId: "routes/staff.identities" },
  { id: "notices", routeId: "routes/staff.notices" },
  { id: "approvals", routeId: "routes/staff.approvals" },
  { id: "rewards", routeId: "routes/staff.rewards" },
  { id: "budget", routeId: "routes/staff.budget" },
  { id: "payments", routeId: "routes/staff.payments" },
  { id: "payouts", routeId: "routes/staff.payouts" },
  { id: "reconciliation", routeId: "routes/staff.reconciliation" },
  { id: "books", routeId: "routes/staff.books" },
  { id: "people", routeId: "routes/staff.people" },
  { id: "window", routeId: "routes/staff.window" },
  { id: "routing", routeId: "routes/staff.routing" },
  { id: "schemes", routeId: "routes/staff.schemes" },
  { id: "bankFormat", routeId: "routes/staff.bank-format" },
  { id: "keys", routeId: "routes/staff.keys" },
  { id: "ceremony", routeId: "routes/staff.ceremony" },
  { id: "audit", routeId: "routes/staff.audit" },
  { id: "calendar", routeId: "routes/staff.calendar" },
  { id: "retention", routeId: "routes/staff.retention" },
  { id: "mail", routeId: "routes/staff.mail" },
] as const;

export type NavId = (typeof NAV)[number]["id"];

/** The pages this person may open: the same table decides here and at the door. */
export function listNav(actor: StaffActor): NavId[] {
  return NAV.filter(({ routeId }) => decideAccess(routeId, "read", actor) === "allow").map(({ id }) => id);
}
