import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { ROLES, needsTwoAdministrators, type Role } from "~server/staff-auth/roles";
import type { StepUpRequest } from "./step-up";
import { digestOf } from "./step-up-subjects";

const role = z.enum(ROLES, "chooseRole");
const staffId = z.uuid("choosePerson");

/** 邀请: a name, a body and at least one role. Which roles go together is the server's rule. */
export const inviteSchema = z.object({
  displayName: z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= 1 && [...value].length <= 60, "needsName")
      .refine((value) => !/\p{Cc}/u.test(value), "needsName"),
  ),
  agencyId: z.preprocess(cleanText, z.string("chooseAgency").min(1, "chooseAgency").max(100, "chooseAgency")),
  roles: z.preprocess(
    (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(role).min(1, "chooseRole"),
  ),
});

export const roleSchema = z.object({ staffId, role });
export const personSchema = z.object({ staffId });
export const passkeySchema = z.object({ staffId, passkeyId: z.uuid("choosePerson") });
/** An answer to a request. Role and person are what the page showed: a request for anything else is not confirmed. */
export const requestSchema = z.object({ requestId: z.uuid("choosePerson"), staffId, role });

type OfRole = { readonly staffId: string; readonly role: Role };
type OfPerson = { readonly staffId: string };

/**
 * What the administrator's passkey confirms for each form: the same in the browser, which asks, and on the server. An
 * invitation is bound by name, body and roles.
 */
export const subjectOf = {
  invite: async (of: {
    displayName: string;
    agencyId: string;
    roles: readonly Role[];
  }): Promise<StepUpRequest> => ({
    act: "staff.link",
    subject: `new:${await digestOf(of.displayName, of.agencyId, ...[...new Set(of.roles)].sort())}`,
  }),
  grant: ({ staffId: id, role: wanted }: OfRole): StepUpRequest => ({
    act: needsTwoAdministrators(wanted) ? "role.request" : "role.grant",
    subject: `${id}:${wanted}`,
  }),
  confirm: ({ staffId: id, role: wanted }: OfRole): StepUpRequest => ({
    act: "role.grant",
    subject: `${id}:${wanted}`,
  }),
  revoke: ({ staffId: id, role: held }: OfRole): StepUpRequest => ({
    act: "role.revoke",
    subject: `${id}:${held}`,
  }),
  link: ({ staffId: id }: OfPerson): StepUpRequest => ({ act: "staff.link", subject: id }),
  suspend: ({ staffId: id }: OfPerson): StepUpRequest => ({ act: "staff.suspend", subject: id }),
  reinstate: ({ staffId: id }: OfPerson): StepUpRequest => ({
    act: "staff.suspend",
    subject: `${id}:active`,
  }),
  revokePasskey: ({ passkeyId }: { passkeyId: string }): StepUpRequest => ({
    act: "passkey.revoke",
    subject: passkeyId,
  }),
} as const;
