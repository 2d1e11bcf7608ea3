import { v7 as uuidv7 } from "uuid";
import type { StepUpRequest } from "~/forms/step-up";
import { passkeys } from "~db/schema/staff";
import { createSoftwarePasskey, type SoftwarePasskey } from "~server/demo/software-passkey";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startStepUp } from "~server/staff-auth/step-up.server";

/** Gives a person a passkey in software. */
export async function givePasskey(portal: Portal, actor: StaffActor): Promise<SoftwarePasskey> {
  const passkey = createSoftwarePasskey();
  await portal.db.orm.insert(passkeys).values({
    id: uuidv7(),
    staffId: actor.id,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
  });
  return passkey;
}

/** The text a form's `stepUp` field carries after the person touched their passkey for one act. */
export async function touchPasskey(
  portal: Portal,
  person: { readonly actor: StaffActor; readonly passkey: SoftwarePasskey },
  request: StepUpRequest | Promise<StepUpRequest>,
): Promise<string> {
  const site = relyingParty(portal.env.publicOrigin);
  const { challengeId, options } = await startStepUp(
    portal.db,
    { ...(await request), relyingParty: site, clock: portal.clock },
    person.actor,
  );
  const response = person.passkey.assert({
    challenge: options.challenge,
    rpId: site.rpId,
    origin: site.origin,
  });
  return JSON.stringify({ challengeId, response });
}
