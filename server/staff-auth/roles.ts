/** Roles of product.md. Client-safe; labels are in the catalogues under `staff.roles`. */
export const ROLES = [
  "hotline_operator",
  "notice_desk",
  "triage_officer",
  "agency_officer",
  "agency_verifier",
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
  "cashier",
  "window_clerk",
  "identity_custodian",
  "auditor",
  "administrator",
] as const;

export type Role = (typeof ROLES)[number];

/** Roles an administrator may never hold besides (and the reverse): who gives roles must not touch money or names. */
export const BARRED_FOR_ADMINISTRATORS: readonly Role[] = [
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
  "cashier",
  "window_clerk",
  "identity_custodian",
];

/**
 * Money, names, and the giving of roles itself: one administrator asks, another gives (`keep_two_administrators`), or
 * one could name a second of straw and be two.
 */
export const NEEDS_TWO_ADMINISTRATORS: readonly Role[] = [...BARRED_FOR_ADMINISTRATORS, "administrator"];

/** Whether a role is given only by two administrators. */
export function needsTwoAdministrators(role: string): boolean {
  return (NEEDS_TWO_ADMINISTRATORS as readonly string[]).includes(role);
}
