import { and, asc, eq, gt, inArray, isNull, lt, lte, ne, not, notInArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { staffMails } from "~db/schema/mail";
import { enrolmentLinks, passkeys, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
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

/** Days after which a mail about 重大 that still finds no way is reported unsent. */
const MAJOR_DAYS = 3;

/**
 * What is known of mails about 重大 in this process alone. A report's arrival may have raised it, so that when one was
 * tried, or will be again, is kept by no row (secrecy.md): in the database they have a day and nothing more.
 */
export type MajorMemory = {
  /** By mail: failures in a row, and until when (ms) it is left alone. */
  readonly rests: Map<string, { readonly failures: number; readonly until: number }>;
  /** Since when (ms) one was seen under way. */
  readonly underWay: Map<string, number>;
};

export function forgetfulMajors(): MajorMemory {
  return { rests: new Map(), underWay: new Map() };
}

type Parts = Pick<Portal, "db" | "clock" | "mailer" | "env">;
type Row = typeof staffMails.$inferSelect;
type Claimed = { readonly row: Row; readonly mail: ReturnType<typeof composeStaffMail> | null };

/**
 * Sends the mails to staff that are due, one by one. Each is claimed first, in a transaction of its own; one that a
 * server's end cut off becomes `unknown` and is not sent again by itself. Says how many it tried. Does nothing while no
 * mail server is set. `majors` is the same one every time a process calls.
 */
export async function sendStaffMails(
  portal: Parts,
  options: { readonly keepOn?: () => boolean; readonly majors?: MajorMemory } = {},
): Promise<{ tried: number }> {
  if (portal.mailer.kind === "none") return { tried: 0 };
  const majors = options.majors ?? forgetfulMajors();
  await releaseLost(portal, majors);
  let tried = 0;
  for (; options.keepOn?.() ?? true; tried += 1) {
    const found = await portal.mailer.hold(async () => {
      const claimed = await claim(portal, majors);
      if (claimed === null) return false;
      const outcome: MailOutcome =
        claimed.mail === null
          ? { state: "unsent", fault: "superseded" }
          : await portal.mailer.send(claimed.mail);
      await settle(portal, claimed.row, outcome, majors);
      return true;
    });
    if (!found) break;
  }
  return { tried };
}

async function releaseLost({ db, clock }: Parts, majors: MajorMemory): Promise<void> {
  const now = clock.now().getTime();
  await withActor(db, ACTOR, async (tx) => {
    const sending = eq(staffMails.status, "sending");
    const major = eq(staffMails.kind, "major");
    const lost = { status: "unknown", fault: "interrupted" };
    await tx
      .update(staffMails)
      .set(lost)
      .where(and(sending, not(major), lt(staffMails.nextAt, clock.now())));
    const seen = await tx.select({ id: staffMails.id }).from(staffMails).where(and(sending, major));
    const ids = new Set(seen.map(({ id }) => id));
    for (const id of majors.underWay.keys()) if (!ids.has(id)) majors.underWay.delete(id);
    for (const id of ids) if (!majors.underWay.has(id)) majors.underWay.set(id, now);
    const cutOff = [...ids].filter((id) => now - (majors.underWay.get(id) ?? now) > CLAIM_MINUTES * 60_000);
    if (cutOff.length > 0)
      await tx
        .update(staffMails)
        .set(lost)
        .where(and(sending, inArray(staffMails.id, cutOff)));
  });
}

/** 重大 may be told because a report came: its mail leaves in the first minute of a quarter of an hour alone. */
function onTheQuarter(at: Date): boolean {
  return at.getUTCMinutes() % 15 === 0;
}

/** The next mail that is due, taken for sending and written; `mail` is null where what it is about has passed. */
function claim({ db, clock, env }: Parts, majors: MajorMemory): Promise<Claimed | null> {
  const at = clock.now();
  const resting = [...majors.rests].flatMap(([id, { until }]) => (until > at.getTime() ? [id] : []));
  return withActor(db, ACTOR, async (tx) => {
    const [due] = await tx
      .select()
      .from(staffMails)
      .where(
        and(
          eq(staffMails.status, "waiting"),
          lte(staffMails.nextAt, at),
          onTheQuarter(at) ? undefined : ne(staffMails.kind, "major"),
          resting.length === 0 ? undefined : notInArray(staffMails.id, resting),
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
        ...(due.kind === "major"
          ? // How often it was tried, a quarter of an hour apart, would tell since when.
            { attempts: 1 }
          : {
              attempts: sql`${staffMails.attempts} + 1`,
              nextAt: new Date(at.getTime() + CLAIM_MINUTES * 60_000),
            }),
        fault: null,
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

async function settle(
  { db, clock }: Parts,
  row: Row,
  outcome: MailOutcome,
  majors: MajorMemory,
): Promise<void> {
  const at = clock.now();
  const isMajor = row.kind === "major";
  const failures = isMajor ? (majors.rests.get(row.id)?.failures ?? 0) + 1 : row.attempts;
  const again =
    outcome.state === "later" &&
    (isMajor ? chinaDay(at) <= addDays(chinaDay(row.createdAt), MAJOR_DAYS) : row.attempts < MAX_ATTEMPTS);
  const wait = (WAIT_MINUTES[Math.min(failures, WAIT_MINUTES.length) - 1] ?? 1) * 60_000;
  if (isMajor && again) majors.rests.set(row.id, { failures, until: at.getTime() + wait });
  else majors.rests.delete(row.id);
  const done = isMajor ? row.createdAt : at;
  await withActor(db, ACTOR, async (tx) => {
    await tx
      .update(staffMails)
      .set({
        status: again ? "waiting" : outcome.state === "later" ? "unsent" : outcome.state,
        fault: outcome.state === "sent" ? null : outcome.fault,
        sentAt: outcome.state === "sent" ? done : null,
        nextAt: again && !isMajor ? new Date(at.getTime() + wait) : done,
      })
      // One released meanwhile as unknown stays so.
      .where(and(eq(staffMails.id, row.id), eq(staffMails.status, "sending")));
  });
}
