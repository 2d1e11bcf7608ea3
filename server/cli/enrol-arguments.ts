import { parseArgs } from "node:util";
import { z } from "zod";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { InputError } from "./json-command";

export type EnrolRequest = {
  /** Where to send the link; null: only print it. */
  readonly mail: string | null;
} & (
  | { kind: "invite"; name: string; agency: string; roles: Role[] }
  /** A new link for somebody already known, e.g. the only administrator after losing a passkey. */
  | { kind: "link"; person: string }
);

/** Reads the command line of admin:enrol. Throws InputError, or parseArgs' own error for options it does not know. */
export function parseEnrolArguments(argv: string[]): EnrolRequest {
  const { values } = parseArgs({
    args: argv,
    options: {
      name: { type: "string" },
      agency: { type: "string" },
      role: { type: "string", multiple: true },
      person: { type: "string" },
      mail: { type: "string" },
    },
  });
  const mail = values.mail ?? null;
  if (mail !== null && !z.email().safeParse(mail).success)
    throw new InputError("--mail", "not a mail address");
  if (values.person !== undefined) {
    if (values.name !== undefined || values.agency !== undefined || values.role !== undefined)
      throw new InputError("--person", "stands alone; it makes a new link for somebody already known");
    return { kind: "link", person: values.person, mail };
  }
  const { name, agency } = values;
  if (name === undefined || name.trim() === "") throw new InputError("--name", "missing");
  if (agency === undefined || agency.trim() === "") throw new InputError("--agency", "missing");
  const roles = (values.role ?? []).map((role, at) => {
    const known = ROLES.find((candidate) => candidate === role);
    if (known === undefined) throw new InputError(`--role[${at}]`, `unknown role "${role}"`);
    return known;
  });
  if (roles.length === 0) throw new InputError("--role", "missing");
  return { kind: "invite", name: name.trim(), agency: agency.trim(), roles, mail };
}
