import type { Database } from "~db/client.server";
import { fixedClock, type Clock } from "~server/clock";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { finishEnrolment } from "~server/staff-auth/finish-enrolment.server";
import { finishSignIn } from "~server/staff-auth/finish-sign-in.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import { startSignIn } from "~server/staff-auth/start-sign-in.server";
import { startStepUp, type StepUpFor } from "~server/staff-auth/step-up.server";
import type { SignedIn } from "~server/staff-auth/start-session.server";
import {
  softwareAuthenticator,
  type SoftwareAuthenticator,
  type Twist,
} from "~tests/setup/software-authenticator";

export const ORIGIN = "https://jubao.example.cn";
export const SITE = relyingParty(ORIGIN);

/** 2026-11-20 09:00 in China. */
export function morning() {
  return fixedClock("2026-11-20T01:00:00Z");
}

/** Moves a test's clock on by whole seconds. */
export function later(clock: ReturnType<typeof fixedClock>, seconds: number): void {
  clock.set(new Date(clock.now().getTime() + seconds * 1000));
}

/** The secret part of a fresh enrolment link. */
export async function linkToken(db: Database, staffId: string, clock: Clock): Promise<string> {
  const { link } = await createEnrolmentLink(
    db,
    { staffId, publicOrigin: ORIGIN, clock },
    systemActor("test"),
  );
  return new URL(link).hash.slice(1);
}

/** Goes through enrolment with a software passkey. */
export async function enrol(
  db: Database,
  staffId: string,
  clock: Clock,
): Promise<SignedIn & { key: SoftwareAuthenticator }> {
  const token = await linkToken(db, staffId, clock);
  const { challengeId, options } = await startEnrolment(db, { token, relyingParty: SITE, clock });
  const key = softwareAuthenticator(ORIGIN);
  const signedIn = await finishEnrolment(db, {
    token,
    challengeId,
    response: key.create(options),
    relyingParty: SITE,
    clock,
  });
  return { ...signedIn, key };
}

/** Goes through sign-in with a software passkey, honest or twisted. */
export async function signIn(
  db: Database,
  key: SoftwareAuthenticator,
  clock: Clock,
  twist: Twist = {},
): Promise<SignedIn> {
  const { challengeId, options } = await startSignIn(db, { relyingParty: SITE, clock });
  return finishSignIn(db, {
    challengeId,
    response: key.get(options, twist),
    relyingParty: SITE,
    clock,
  });
}

/** A passkey's touch for one act on one subject, as the form's field would carry it. */
export async function touch(
  db: Database,
  key: SoftwareAuthenticator,
  of: StepUpFor | Promise<StepUpFor>,
  actor: StaffActor,
  clock: Clock,
  twist: Twist = {},
): Promise<string> {
  const { challengeId, options } = await startStepUp(db, { ...(await of), relyingParty: SITE, clock }, actor);
  return JSON.stringify({ challengeId, response: key.get(options, twist) });
}

/** The actions recorded about a person, oldest first. */
export async function actionsOf(db: Database, staffId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ action: string }>(
    "select action from events where subject_id = $1 order by seq",
    [staffId],
  );
  return rows.map((row) => row.action);
}
