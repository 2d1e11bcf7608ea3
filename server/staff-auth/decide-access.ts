import { accessOf } from "./access-table";
import type { StaffActor } from "./actor";

/**
 * `missing` is a 404, the same for "not there" and "not yours"; `sign-in` is for nobody signed in; `passkey` is a
 * demo session where a passkey is needed.
 */
export type Access = "allow" | "sign-in" | "missing" | "passkey";

/** Whether `actor` may use a route's loader (`read`) or action (`write`). Undeclared means no. Pure. */
export function decideAccess(routeId: string, kind: "read" | "write", actor: StaffActor | null): Access {
  const access = accessOf(routeId);
  if (access === null) return "missing";
  const who = access[kind];
  if (who === "nobody") return "missing";
  if (who === "anyone") return "allow";
  if (actor === null) return "sign-in";
  if (who !== "signed-in" && !who.roles.some((role) => actor.roles.includes(role))) return "missing";
  if (kind === "write" && actor.method === "demo" && access.demoMayWrite !== true) return "passkey";
  return "allow";
}
