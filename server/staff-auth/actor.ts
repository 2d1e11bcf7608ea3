import type { Role } from "./roles";

/** A signed-in member of staff, as read from the database for this request. */
export type StaffActor = {
  readonly kind: "staff";
  readonly id: string;
  readonly displayName: string;
  readonly agencyId: string;
  readonly agencyName: string;
  readonly roles: readonly Role[];
  /** `demo` sessions look and triage; they never sign. */
  readonly method: "passkey" | "demo";
  /** The session this request came with; absent where nobody's browser asked (tests, commands). */
  readonly session?: OwnSession;
};

/**
 * `rotationDue` is set when the person has just proved themselves anew: the guard then gives the session a new token
 * with the answer. It travels in the actor because a route's modules and the guard's are two copies.
 */
export type OwnSession = { readonly id: string; rotationDue: boolean };

/** A citizen: known by nothing but the receipt they show. */
export type ReporterActor = { readonly kind: "reporter" };

/** The portal itself (seeding, jobs, command line), named by its task. */
export type SystemActor = { readonly kind: "system"; readonly task: string };

export type Actor = StaffActor | ReporterActor | SystemActor;

export const REPORTER: ReporterActor = { kind: "reporter" };

export function systemActor(task: string): SystemActor {
  return { kind: "system", task };
}

export function hasRole(actor: Actor, ...roles: Role[]): boolean {
  return actor.kind === "staff" && roles.some((role) => actor.roles.includes(role));
}
