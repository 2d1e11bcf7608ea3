import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { ROLES, needsTwoAdministrators, type Role } from "~server/staff-auth/roles";
import type { StepUpRequest } from "./step-up";
import { digestOf } from "./step-up-subjects";

const role = z.enum(ROLES, "chooseRole");
const staffId = z.uuid("choosePerson");

/** A member of staff's address, or null where the field is empty. */
const email = z.preprocess(
  (value) => (typeof value === "string" && value.trim() !== "" ? value.trim() : null),
  z.email("needsEmail").max(254, "needsEmail").nullable(),
);

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
  /** Where the enrolment link goes; without one it is shown once. */
  email,
});

export const roleSchema = z.object({ staffId, role });
export const personSchema = z.object({ staffId });
export const emailSchema = z.object({ staffId, email });
export const passkeySchema = z.object({ staffId, passkeyId: z.uuid("choosePerson") });
/** An answer to a request. Role and person are what the page showed: a request for anything else is not confirmed. */
export const requestSchema = z.object({ requestId: z.uuid("choosePerson"), staffId, role });

type OfRole = { readonly staffId: string; readonly role: Role };
type OfPerson = { readonly staffId: string };
type Invited = {
  readonly displayName: string;
  readonly agencyId: string;
  readonly roles: readonly Role[];
  readonly email?: string | null;
};

/**
 * What the administrator's passkey confirms for each form: the same in the browser, which asks, and on the server. An
 * invitation is bound by name, body, address and roles.
 */
export const subjectOf = {
  invite: async ({ displayName, agencyId, roles, email: to }: Invited): Promise<StepUpRequest> => ({
    act: "staff.link",
    subject: `new:${await digestOf(displayName, agencyId, to ?? "", ...[...new Set(roles)].sort())}`,
  }),
  email: ({ staffId: id, email: to }: OfPerson & { readonly email: string | null }): StepUpRequest => ({
    act: "staff.link",
    subject: `${id}:${to ?? ""}`,
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
