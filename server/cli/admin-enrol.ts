// `admin:enrol --name … --role … [--role …] --agency …` or `admin:enrol --person <id>`:
// prints {"person","link","expiresAt"} on stdout, or one line on stderr and exits 2 when it is refused.
import type { Database } from "~db/client.server";
import { systemClock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { findAgency } from "~server/staff-auth/find-agency.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import { parseEnrolArguments, type EnrolRequest } from "./enrol-arguments";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase, type CommandDatabase } from "./with-database";

const ACTOR = systemActor("admin:enrol");

async function enrol(
  { db, publicOrigin }: CommandDatabase,
  request: EnrolRequest,
): Promise<{ person: string; link: string; expiresAt: Date }> {
  const common = { publicOrigin, clock: systemClock };
  if (request.kind === "link") {
    const made = await createEnrolmentLink(db, { staffId: request.person, ...common }, ACTOR);
    return { person: request.person, ...made };
  }
  const agencyId = await oneAgency(db, request.agency);
  const { staffId, ...made } = await inviteStaff(
    db,
    { displayName: request.name, agencyId, roles: request.roles, ...common },
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
  const { person, link, expiresAt } = await withDatabase((command) => enrol(command, request));
  process.stdout.write(`${JSON.stringify({ person, link, expiresAt: expiresAt.toISOString() })}\n`);
});
