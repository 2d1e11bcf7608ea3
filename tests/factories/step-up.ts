import type { StepUpRequest } from "~/forms/step-up";
import type { Portal } from "~server/portal.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { finishEnrolment } from "~server/staff-auth/finish-enrolment.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import { startStepUp } from "~server/staff-auth/step-up.server";
import {
  softwareAuthenticator,
  type SoftwareAuthenticator,
  type Twist,
} from "~tests/setup/software-authenticator";

/** A person's passkey in memory, enrolled by the way every passkey is. */
export async function enrolPasskey(portal: Portal, actor: StaffActor): Promise<SoftwareAuthenticator> {
  const { db, clock, env } = portal;
  const party = relyingParty(env.staffOrigin);
  const { link } = await createEnrolmentLink(
    db,
    { staffId: actor.id, publicOrigin: env.staffOrigin, clock },
    systemActor("test"),
  );
  const token = new URL(link).hash.slice(1);
  const { challengeId, options } = await startEnrolment(db, { token, relyingParty: party, clock });
  const key = softwareAuthenticator(party.origin);
  await finishEnrolment(db, {
    token,
    challengeId,
    response: key.create(options),
    relyingParty: party,
    clock,
  });
  return key;
}

/** What a form's `stepUp` field carries after the passkey's touch for one act, honest or twisted. */
export async function stepUpProof(
  portal: Portal,
  person: { readonly actor: StaffActor; readonly key: SoftwareAuthenticator },
  request: StepUpRequest | Promise<StepUpRequest>,
  twist: Twist = {},
): Promise<string> {
  const { challengeId, options } = await startStepUp(
    portal.db,
    { ...(await request), relyingParty: relyingParty(portal.env.staffOrigin), clock: portal.clock },
    person.actor,
  );
  return JSON.stringify({ challengeId, response: person.key.get(options, twist) });
}
