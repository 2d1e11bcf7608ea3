import { z } from "zod";
import type { PostedWrap } from "~/forms/own-keys";
import type { Database } from "~db/client.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { lockPerson, requireOwnKey } from "~server/secrecy/own-key.server";
import { storePasskeyWrap } from "~server/secrecy/wrap-personal-key.server";
import type { StaffActor } from "./actor";
import { parseRegistration } from "./parse-passkey-response.server";
import { challengeSpent, keepRefusal, passkeyNeeded } from "./refusals.server";
import { registerPasskey } from "./register-passkey.server";
import type { RelyingParty } from "./relying-party";
import { spendChallenge } from "./spend-challenge.server";

const boundTo = z.object({ addsTo: z.string() });

/**
 * Keeps the passkey made for `startAddPasskey`'s challenge and, where making it already gave a PRF output, lets it
 * unlock the person's key. Throws `challenge_spent` (400) for a used, late or foreign challenge, `passkey_malformed`,
 * `key_material_sent`, `passkey_refused` (400), `passkey_known` or `key_changed` (409).
 */
export async function finishAddPasskey(
  db: Database,
  input: {
    challengeId: string;
    response: unknown;
    label: string;
    wrap: (PostedWrap & { readonly keyId: string }) | null;
    relyingParty: RelyingParty;
    clock: Clock;
  },
  actor: StaffActor,
): Promise<{ passkeyId: string }> {
  if (actor.method !== "passkey") throw passkeyNeeded();
  const response = parseRegistration(input.response);
  const at = input.clock.now();
  return keepRefusal(db, actor, async (tx) => {
    await lockPerson(tx, actor.id);
    const challenge = await spendChallenge(tx, { id: input.challengeId, purpose: "enrol", at });
    const bound = boundTo.safeParse(challenge?.context);
    if (challenge?.staffId !== actor.id || !bound.success || bound.data.addsTo !== actor.id)
      return challengeSpent();
    const made = await registerPasskey(tx, {
      owner: actor.id,
      response,
      challenge: challenge.challenge,
      relyingParty: input.relyingParty,
      label: input.label,
      at,
    });
    if (made instanceof DomainError) return made;
    await recordEvent(
      tx,
      {
        action: "staff.passkey_added",
        subjectTable: "staff",
        subjectId: actor.id,
        data: { passkeyId: made.id, prf: made.prf, backedUp: made.backedUp },
        at,
      },
      actor,
    );
    if (input.wrap !== null) {
      const { keyId, ...wrap } = input.wrap;
      await requireOwnKey(tx, keyId, actor);
      await storePasskeyWrap(tx, { keyId, passkeyId: made.id, wrap, at }, actor);
    }
    return { passkeyId: made.id };
  });
}
