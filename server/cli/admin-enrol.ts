// `admin:enrol --name … --role … [--role …] --agency …` or `admin:enrol --person <id>`:
// prints {"person","link","expiresAt"} on stdout, or one line on stderr and exits 2 when it is refused. Roles over
// money and names are only asked for (`"requested": […]` names them): an administrator confirms them on the page of
// people. In a demonstration they are given at once. With `--mail <address>` the link is also sent there; a mail that fails leaves the printed link good and exits 1.
import type { Database } from "~db/client.server";
import { systemClock } from "~server/clock";
import { mailEnrolmentLink } from "~server/notifications/mail-enrolment-link.server";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { findAgency } from "~server/staff-auth/find-agency.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import type { Role } from "~server/staff-auth/roles";
import { parseEnrolArguments, type EnrolRequest } from "./enrol-arguments";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase, type CommandDatabase } from "./with-database";

const ACTOR = systemActor("admin:enrol");

async function enrol(
  { db, publicOrigin, demo }: CommandDatabase,
  request: EnrolRequest,
): Promise<{ person: string; link: string; expiresAt: Date; requested: readonly Role[] }> {
  const common = { publicOrigin, clock: systemClock };
  if (request.kind === "link") {
    const made = await createEnrolmentLink(db, { staffId: request.person, ...common }, ACTOR);
    return { person: request.person, requested: [], ...made };
  }
  const agencyId = await oneAgency(db, request.agency);
  const { staffId, ...made } = await inviteStaff(
    db,
    { displayName: request.name, agencyId, roles: request.roles, grantAll: demo, ...common },
    ACTOR,
  );
  return { person: staffId, ...made };
}

async function oneAgency(db: Database, wanted: string): Promise<string> {
  const [found, ...others] = await findAgency(db, wanted);
  if (found === undefined) throw new InputError("--agency", `unknown agency "${wanted}"`);
  if (others.length > 0) {
    const all = [found, ...others].join(", ");
    throw new InputError("--agency", `"${wanted}" is one of ${all}; give the whole id`);
  }
  return found;
}

await runCommand("admin:enrol", async () => {
  const request = parseEnrolArguments(process.argv.slice(2));
  return withDatabase(async (command) => {
    if (request.mail !== null && command.mail === null) {
      throw new InputError("--mail", "set SMTP_URL and MAIL_FROM to send mail");
    }
    const { person, link, expiresAt, requested } = await enrol(command, request);
    const printed = { person, link, expiresAt: expiresAt.toISOString() };
    process.stdout.write(`${JSON.stringify(requested.length === 0 ? printed : { ...printed, requested })}\n`);
    if (requested.length > 0) {
      process.stderr.write(
        `--role: ${requested.join(", ")} given once an administrator confirms it at /staff/people\n`,
      );
    }
    if (request.mail === null || command.mail === null) return 0;
    try {
      await mailEnrolmentLink(command.mail, { to: request.mail, link, expiresAt });
      return 0;
    } catch {
      process.stderr.write(
        "--mail: the mail server did not take the mail; hand the printed link over yourself\n",
      );
      return 1;
    }
  });
});
