import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { endSessions } from "./end-sessions.server";
import { passkeyNeeded } from "./refusals.server";

/**
 * Takes a lost or doubtful passkey out of use, for good, and ends its owner's sessions: the row does not say which
 * passkey opened which. One's own, or as an administrator anybody's. Doing it twice is no fault. Throws
 * `passkey_needed` (403); 404 when it is not there or not the actor's to revoke.
 */
export async function revokePasskey(
  db: Database,
  input: { passkeyId: string; clock: Clock },
  actor: Actor,
): Promise<void> {
  if (!validate(input.passkeyId)) throw notFound();
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    const [passkey] = await tx
      .select({ staffId: passkeys.staffId })
      .from(passkeys)
      .where(eq(passkeys.id, input.passkeyId));
    if (passkey === undefined) throw notFound();
    if (actor.kind === "staff" && actor.id === passkey.staffId) {
      if (actor.method !== "passkey") throw passkeyNeeded();
    } else await checkAdministrator(tx, actor);
    const revoked = await tx
      .update(passkeys)
      .set({ revokedAt: at })
      .where(and(eq(passkeys.id, input.passkeyId), isNull(passkeys.revokedAt)))
      .returning({ id: passkeys.id });
    if (revoked.length === 0) return;
    await recordEvent(
      tx,
      {
        action: "staff.passkey_revoked",
        subjectTable: "staff",
        subjectId: passkey.staffId,
        data: { passkeyId: input.passkeyId },
        at,
      },
      actor,
    );
    await endSessions(tx, { staffId: passkey.staffId, because: "passkey_revoked", at }, actor);
  });
}
