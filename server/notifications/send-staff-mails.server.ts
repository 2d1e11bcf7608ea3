import { and, asc, eq, gt, isNull, lt, lte, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { staffMails } from "~db/schema/mail";
import { enrolmentLinks, passkeys, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { insertEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { composeStaffMail, type StaffMailAbout } from "./compose-staff-mail";
import type { MailOutcome } from "./mail-outcome";
import { readLeadForMail } from "./read-lead-for-mail.server";
import { isOfficeMail, readOfficeMail } from "./read-office-mail.server";

const invited = z.object({ to: z.string() });

const ACTOR = systemActor("staff-mail");

/** Minutes until the next try, after the first, second … failure; then the last again. Some three days in all. */
const WAIT_MINUTES = [1, 5, 15, 60, 120, 240];
export const MAX_ATTEMPTS = 20;

/** A mail under way for longer than this was cut off by the end of a server. */
export const CLAIM_MINUTES = 10;

type Parts = Pick<Portal, "db" | "clock" | "mailer" | "env">;
type Row = typeof staffMails.$inferSelect;
type Claimed = { readonly row: Row; readonly mail: ReturnType<typeof composeStaffMail> | null };

/**
 * Sends the mails to staff that are due, one by one. Each is claimed first, in a transaction of its own; one that a
 * server's end cut off becomes `unknown` and is not sent again by itself. Says how many it tried. Does nothing while no
 * mail server is set.
 */
export async function sendStaffMails(
  portal: Parts,
  options: { readonly keepOn?: () => boolean } = {},
): Promise<{ tried: number }> {
  if (portal.mailer.kind === "none") return { tried: 0 };
  await releaseLost(portal);
  let tried = 0;
  for (; options.keepOn?.() ?? true; tried += 1) {
    const found = await portal.mailer.hold(async () => {
      const claimed = await claim(portal);
      if (claimed === null) return false;
      const outcome: MailOutcome =
        claimed.mail === null
          ? { state: "unsent", fault: "superseded" }
          : await portal.mailer.send(claimed.mail);
      await settle(portal, claimed.row, outcome);
      return true;
    });
    if (!found) break;
  }
  return { tried };
}

async function releaseLost({ db, clock }: Parts): Promise<void> {
  await withActor(db, ACTOR, async (tx) => {
    await tx
      .update(staffMails)
      .set({
        status: "unknown",
        fault: "interrupted",
        // As in `settle`: of 重大 no row keeps the minute.
        nextAt: sql`case when ${staffMails.kind} = 'major' then ${staffMails.createdAt} else ${staffMails.nextAt} end`,
      })
      .where(and(eq(staffMails.status, "sending"), lt(staffMails.nextAt, clock.now())));
  });
}

/** 重大 may be told because a report came: its mail leaves in the first minute of a quarter of an hour alone. */
function onTheQuarter(at: Date): boolean {
  return at.getUTCMinutes() % 15 === 0;
}

/** The next mail that is due, taken for sending and written; `mail` is null where what it is about has passed. */
function claim({ db, clock, env }: Parts): Promise<Claimed | null> {
  const at = clock.now();
  return withActor(db, ACTOR, async (tx) => {
    const [due] = await tx
      .select()
      .from(staffMails)
      .where(
        and(
          eq(staffMails.status, "waiting"),
          lte(staffMails.nextAt, at),
          onTheQuarter(at) ? undefined : ne(staffMails.kind, "major"),
        ),
      )
      .orderBy(asc(staffMails.nextAt), asc(staffMails.id))
      .limit(1)
      .for("update", { skipLocked: true });
    if (due === undefined) return null;
    const [row] = await tx
      .update(staffMails)
      .set({
        status: "sending",
        attempts: sql`${staffMails.attempts} + 1`,
        fault: null,
        nextAt: new Date(at.getTime() + CLAIM_MINUTES * 60_000),
      })
      .where(eq(staffMails.id, due.id))
      .returning();
    if (row === undefined) return null;
    const [person] = await tx
      .select({ email: staff.email, status: staff.status })
      .from(staff)
      .where(eq(staff.id, row.staffId));
    const to = row.kind === "enrolment" ? invited.parse(row.data).to : person?.email;
    if (person?.status !== "active" || typeof to !== "string") return { row, mail: null };
    const about =
      row.kind === "enrolment"
        ? await makeLink(tx, row, { staffOrigin: env.staffOrigin, at })
        : isOfficeMail(row.kind)
          ? await readOfficeMail(tx, row, chinaDay(at))
          : await readLeadForMail(tx, row, chinaDay(at));
    return { row, mail: about && composeStaffMail(about, { to, staffOrigin: env.staffOrigin }) };
  });
}

/** The link exists from here on; null where the person has a passkey by now, or was handed a later link. */
async function makeLink(
  tx: Tx,
  row: Row,
  input: { readonly staffOrigin: string; readonly at: Date },
): Promise<StaffMailAbout | null> {
  const enrolled = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(
      and(
        eq(passkeys.staffId, row.staffId),
        eq(passkeys.kind, "passkey"),
        gt(passkeys.createdAt, row.createdAt),
      ),
    )
    .limit(1);
  const handed = await tx
    .select({ id: enrolmentLinks.id })
    .from(enrolmentLinks)
    .where(
      and(
        eq(enrolmentLinks.staffId, row.staffId),
        isNull(enrolmentLinks.usedAt),
        gt(enrolmentLinks.createdAt, row.createdAt),
        // Those made for this mail bear nobody's name; a try that failed is no reason to stop.
        sql`${enrolmentLinks.createdBy} is not null`,
        gt(enrolmentLinks.expiresAt, input.at),
      ),
    )
    .limit(1);
  if (enrolled.length > 0 || handed.length > 0) return null;
  const made = await insertEnrolmentLink(
    tx,
    { staffId: row.staffId, publicOrigin: input.staffOrigin, at: input.at },
    ACTOR,
  );
  return { kind: "enrolment", ...made };
}

async function settle({ db, clock }: Parts, row: Row, outcome: MailOutcome): Promise<void> {
  const at = clock.now();
  const again = outcome.state === "later" && row.attempts < MAX_ATTEMPTS;
  const wait = WAIT_MINUTES[Math.min(row.attempts, WAIT_MINUTES.length) - 1] ?? 1;
  // A report's arrival may be what was told: then no row keeps the minute (0021).
  const done = row.kind === "major" ? row.createdAt : at;
  await withActor(db, ACTOR, async (tx) => {
    await tx
      .update(staffMails)
      .set({
        status: again ? "waiting" : outcome.state === "later" ? "unsent" : outcome.state,
        fault: outcome.state === "sent" ? null : outcome.fault,
        sentAt: outcome.state === "sent" ? done : null,
        nextAt: again ? new Date(at.getTime() + wait * 60_000) : done,
      })
      // One released meanwhile as unknown stays so.
      .where(and(eq(staffMails.id, row.id), eq(staffMails.status, "sending")));
  });
}
