// `admin:enrol --name … --role … [--role …] --agency …` or `admin:enrol --person <id>`:
// prints {"person","link","expiresAt"} on stdout, or one line on stderr and exits 2 when it is refused. Roles over
// money and names are only asked for (`"requested": […]` names them): an administrator confirms them on the page of
// people. In a demonstration they are given at once. With `--mail <address>` the portal sends the link there itself, as
// soon as it runs, and nobody else is told it: {"person","mail":"waiting"} is printed. What became of the mail is on the
// page /staff/mail; a lost one is made up for by asking again.
import type { Database } from "~db/client.server";
import { systemClock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { findAgency } from "~server/staff-auth/find-agency.server";
import { inviteByMail, mailNewLink } from "~server/staff-auth/invite-by-mail.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import type { Role } from "~server/staff-auth/roles";
import { parseEnrolArguments, type EnrolRequest } from "./enrol-arguments";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase, type CommandDatabase } from "./with-database";

const ACTOR = systemActor("admin:enrol");

type Printed = {
  readonly person: string;
  readonly requested: readonly Role[];
} & ({ readonly link: string; readonly expiresAt: Date } | { readonly mail: "waiting" });

async function enrol({ db, staffOrigin, demo }: CommandDatabase, request: EnrolRequest): Promise<Printed> {
  const common = { publicOrigin: staffOrigin, clock: systemClock };
  if (request.kind === "link") {
    const { person, mail: email } = request;
    if (email !== null) {
      await mailNewLink(db, { staffId: person, email, clock: systemClock }, ACTOR);
      return { person, requested: [], mail: "waiting" };
    }
    return {
      person,
      requested: [],
      ...(await createEnrolmentLink(db, { staffId: person, ...common }, ACTOR)),
    };
  }
  const agencyId = await oneAgency(db, request.agency);
  const asked = { displayName: request.name, agencyId, roles: request.roles, grantAll: demo, ...common };
  if (request.mail !== null) {
    const { staffId, requested } = await inviteByMail(db, { ...asked, email: request.mail }, ACTOR);
    return { person: staffId, requested, mail: "waiting" };
  }
  const { staffId, ...made } = await inviteStaff(db, asked, ACTOR);
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
    if (request.mail !== null && command.mail === null && !command.demo) {
      throw new InputError("--mail", "set SMTP_URL and MAIL_FROM to send mail");
    }
    const { requested, ...told } = await enrol(command, request);
    const printed = "link" in told ? { ...told, expiresAt: told.expiresAt.toISOString() } : told;
    process.stdout.write(`${JSON.stringify(requested.length === 0 ? printed : { ...printed, requested })}\n`);
    if (requested.length > 0) {
      process.stderr.write(
        `--role: ${requested.join(", ")} given once an administrator confirms it at /staff/people\n`,
      );
    }
    return 0;
  });
});
