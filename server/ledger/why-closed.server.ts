import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { refusalSentence, rolesSentence } from "./refusals.server";

/** Why acts of these roles are closed to the viewer, in a sentence for the page; null when they are open. */
export function whyClosed(actor: StaffActor, ...roles: Role[]): string | null {
  if (!hasRole(actor, ...roles)) return rolesSentence(roles);
  return actor.method === "demo" ? refusalSentence("needs_passkey") : null;
}
