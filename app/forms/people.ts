import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { ROLES } from "~server/staff-auth/roles";

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
