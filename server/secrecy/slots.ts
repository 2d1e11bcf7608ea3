import type { Role } from "~server/staff-auth/roles";

/** The slots that must have a key before the portal takes reports: without one of them a tip could not be sealed. */
export const INTAKE_SLOTS = ["triage", "custodian_a", "custodian_b", "notice_desk"] as const;

/** The two sides of the identity vault. */
export const VAULT_SLOTS = ["custodian_a", "custodian_b"] as const;

/** All of a portal's slots but the agencies', in the order of the key ceremony. */
export const OFFICE_SLOTS = ["recovery", ...INTAKE_SLOTS, "approver", "cashier"] as const;

const SLOTS_OF: Partial<Record<Role, readonly string[]>> = {
  triage_officer: ["triage"],
  notice_desk: ["notice_desk"],
  identity_custodian: ["custodian_a", "custodian_b"],
  finance_approver: ["approver"],
  cashier: ["cashier"],
};

/** The officers of one agency. */
export function agencySlot(agencyId: string): string {
  return `agency:${agencyId}`;
}

/**
 * The slots a person's roles let them be a member of. A custodian is listed for both sides of the vault and may ever
 * hold one (the database keeps the sides apart).
 */
export function slotsFor(person: { readonly roles: readonly Role[]; readonly agencyId: string }): string[] {
  const officer = person.roles.some((role) => role === "agency_officer" || role === "agency_verifier");
  const slots = person.roles.flatMap((role) => SLOTS_OF[role] ?? []);
  return [...new Set([...slots, ...(officer ? [agencySlot(person.agencyId)] : [])])];
}
