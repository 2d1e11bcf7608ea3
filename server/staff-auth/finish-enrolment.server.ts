import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "~db/client.server";
import { enrolmentLinks, staff } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { GATE } from "./actor";
import { endSessions } from "./end-sessions.server";
import { parseRegistration } from "./parse-passkey-response.server";
import { findEnrolmentLink, linkExpired } from "./read-enrolment-link.server";
import { challengeSpent, keepRefusal } from "./refusals.server";
import { registerPasskey } from "./register-passkey.server";
import type { RelyingParty } from "./relying-party";
import { spendChallenge } from "./spend-challenge.server";
import { startSession, type SignedIn } from "./start-session.server";

const boundTo = z.object({ linkId: z.string() });

/**
 * Registers the passkey and signs its owner in. The link's row is locked first: of two finishes with one link the
 * second waits, then finds it used. Demo sessions of the person end, for they now have a passkey.
 * Throws the refusals of `readEnrolmentLink`, `challenge_spent`, `passkey_malformed`, `key_material_sent`,
 * `passkey_refused` (400) or `passkey_known` (409). The challenge is spent in any case.
 */
export async function finishEnrolment(
  db: Database,
  input: {
    token: string;
    challengeId: string;
    response: unknown;
    relyingParty: RelyingParty;
    clock: Clock;
  },
): Promise<SignedIn> {
  const response = parseRegistration(input.response);
  const at = input.clock.now();
  return keepRefusal(db, GATE, async (tx) => {
    const link = await findEnrolmentLink(tx, { token: input.token, at, lock: true });
    const owner = link.person;
    // Held until the commit, so that no demo session opens beside the first passkey and no suspension slips by.
    const active = await tx
      .select({ id: staff.id })
      .from(staff)
      .where(and(eq(staff.id, owner.id), eq(staff.status, "active")))
      .for("update");
    if (active.length === 0) return linkExpired();
    const challenge = await spendChallenge(tx, { id: input.challengeId, purpose: "enrol", at });
    const bound = boundTo.safeParse(challenge?.context);
    if (challenge?.staffId !== owner.id || !bound.success || bound.data.linkId !== link.id)
      return challengeSpent();
    const made = await registerPasskey(tx, {
      owner: owner.id,
      response,
      challenge: challenge.challenge,
      relyingParty: input.relyingParty,
      at,
    });
    if (made instanceof DomainError) return made;
    await tx.update(enrolmentLinks).set({ usedAt: at }).where(eq(enrolmentLinks.id, link.id));
    await recordEvent(
      tx,
      {
        action: "staff.passkey_enrolled",
        subjectTable: "staff",
        subjectId: owner.id,
        data: { passkeyId: made.id, prf: made.prf, backedUp: made.backedUp },
        at,
      },
      owner,
    );
    await endSessions(tx, { staffId: owner.id, because: "passkey_enrolled", method: "demo", at }, owner);
    return startSession(tx, owner, at);
  });
}
