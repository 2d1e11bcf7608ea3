import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "./actor";
import type { RelyingParty } from "./relying-party";
import { revokePasskey } from "./revoke-passkey.server";
import { requireStepUp } from "./step-up.server";

/**
 * Takes one of one's own passkeys out of use after a touch (step-up `passkey.revoke` on its id); any of one's passkeys
 * may prove it. The refusals of `requireStepUp` and `revokePasskey`.
 */
export async function revokeOwnPasskey(
  db: Database,
  input: { passkeyId: string; stepUp: unknown; relyingParty: RelyingParty; clock: Clock },
  actor: StaffActor,
): Promise<void> {
  const { passkeyId, relyingParty, clock } = input;
  await requireStepUp(
    db,
    { act: "passkey.revoke", subject: passkeyId, proof: input.stepUp, relyingParty, clock },
    actor,
  );
  await revokePasskey(db, { passkeyId, clock, ownOnly: true }, actor);
}
