import { systemClock } from "~server/clock";
import { DomainError, databaseFault } from "~server/errors.server";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { findAgency } from "~server/staff-auth/find-agency.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import { parseEnrolArguments } from "./enrol-arguments";
import { openCommandDatabase, type CommandDatabase } from "./with-database";

// `admin:enrol --name … --role … [--role …] --agency …` or `admin:enrol --person <id>`:
// prints {"person","link","expiresAt"} on stdout, or one line on stderr and exit 2.

const ACTOR = systemActor("admin:enrol");

async function enrol(argv: string[]): Promise<{ person: string; link: string; expiresAt: Date }> {
  const request = parseEnrolArguments(argv);
  const command = await openCommandDatabase();
  const common = { publicOrigin: command.publicOrigin, clock: systemClock };
  try {
    if (request.kind === "link") {
      const made = await createEnrolmentLink(command.db, { staffId: request.person, ...common }, ACTOR);
      return { person: request.person, ...made };
    }
    const agencyId = await oneAgency(command, request.agency);
    const { staffId, ...made } = await inviteStaff(
      command.db,
      { displayName: request.name, agencyId, roles: request.roles, ...common },
      ACTOR,
    );
    return { person: staffId, ...made };
  } finally {
    await command.close();
  }
}

async function oneAgency(command: CommandDatabase, wanted: string): Promise<string> {
  const [found, ...others] = await findAgency(command.db, wanted);
  if (found === undefined) throw new Error(`--agency: unknown agency "${wanted}"`);
  if (others.length > 0)
    throw new Error(`--agency: "${wanted}" is one of ${[found, ...others].join(", ")}; give the whole id`);
  return found;
}

/** One line, never a database message: those carry bound values. */
function sentence(error: unknown): string {
  if (error instanceof DomainError) return `${error.code}: ${error.publicMessage}`;
  const { code, constraint } = databaseFault(error);
  if (code !== undefined) return `database refused (${constraint ?? code})`;
  const text = error instanceof Error && error.cause === undefined ? error.message : "admin:enrol failed";
  return text.split("\n")[0] ?? text;
}

try {
  const { person, link, expiresAt } = await enrol(process.argv.slice(2));
  process.stdout.write(`${JSON.stringify({ person, link, expiresAt: expiresAt.toISOString() })}\n`);
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exitCode = 2;
}
