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
};

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
