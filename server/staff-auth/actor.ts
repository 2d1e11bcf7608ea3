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
  /** Set where their body has ceased; `successor` is the name of who has its duties, null where the plan names nobody. */
  readonly bodyEnded?: { readonly successor: string | null };
};

/**
 * `rotationDue` is set when the person has just proved themselves anew: the guard then gives the session a new token
 * with the answer. It travels in the actor because a route's modules and the guard's are two copies.
 */
export type OwnSession = { readonly id: string; rotationDue: boolean };

/**
 * A citizen: known by nothing but the receipt they show, by its lookup id (32 bytes). The database lets them see what
 * hangs on that receipt; without one, only what is published.
 */
export type ReporterActor = { readonly kind: "reporter"; readonly lookupId: Buffer | null };

/** The portal itself (seeding, jobs, command line), named by its task. */
export type SystemActor = { readonly kind: "system"; readonly task: string };

/** Who does something, as the trail names them. */
export type Actor = StaffActor | ReporterActor | SystemActor;

/** Intake at work on the report of one receipt: it looks for the lead the report belongs to, which no reporter may. */
export type IntakeActor = { readonly kind: "intake"; readonly lookupId: Buffer };

/** The door of the staff side: sign-in, enrolment and the session guard, before it is known who comes. */
export type GateActor = { readonly kind: "gate" };

/** Whom a transaction works for. The last two do nothing in their own name. */
export type ActingFor = Actor | IntakeActor | GateActor;

/** Somebody on the public side who has shown no receipt; and how the trail names every reporter. */
export const REPORTER: ReporterActor = { kind: "reporter", lookupId: null };

export const GATE: GateActor = { kind: "gate" };

/** Whoever showed the receipt with this lookup id. */
export function reporterActor(lookupId: Buffer): ReporterActor {
  return { kind: "reporter", lookupId };
}

/** Intake of the report with this lookup id. */
export function intakeActor(lookupId: Buffer): IntakeActor {
  return { kind: "intake", lookupId };
}

export function systemActor(task: string): SystemActor {
  return { kind: "system", task };
}

export function hasRole(actor: Actor, ...roles: Role[]): boolean {
  return actor.kind === "staff" && roles.some((role) => actor.roles.includes(role));
}
