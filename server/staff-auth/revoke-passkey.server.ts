import { and, eq, isNull, ne } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { passkeys, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { Actor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { endSessions } from "./end-sessions.server";
import { passkeyNeeded } from "./refusals.server";

/**
 * Takes a lost or doubtful passkey out of use, for good: it unlocks no keys any more (the database ends its wraps, which
 * nobody but their owner sees), and its owner's sessions end (the
 * row does not say which passkey opened which), but the one that asked. One's own unless it is the last, or as an
 * administrator anybody's. Doing it twice is no fault. Throws `last_passkey` (409), `passkey_needed` (403); 404 when it
 * is not there or not the actor's to revoke.
 */
export async function revokePasskey(
  db: Database,
  input: { passkeyId: string; clock: Clock; ownOnly?: true },
  actor: Actor,
): Promise<void> {
  if (!validate(input.passkeyId)) throw notFound();
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    const [passkey] = await tx
      .select({ staffId: passkeys.staffId, revokedAt: passkeys.revokedAt })
      .from(passkeys)
      .where(eq(passkeys.id, input.passkeyId));
    if (passkey === undefined) throw notFound();
    const own = actor.kind === "staff" && actor.id === passkey.staffId;
    if (own) {
      if (actor.method !== "passkey") throw passkeyNeeded();
      if (passkey.revokedAt !== null) return;
      await refuseLast(tx, { passkeyId: input.passkeyId, staffId: passkey.staffId });
    } else {
      if (input.ownOnly === true) throw notFound();
      await checkAdministrator(tx, actor);
    }
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
    const except = own ? actor.session?.id : undefined;
    await endSessions(tx, { staffId: passkey.staffId, because: "passkey_revoked", except, at }, actor);
  });
}

/** Without a passkey a person could neither sign in nor add another. The row is held: two revocations go in turn. */
async function refuseLast(tx: Tx, input: { passkeyId: string; staffId: string }): Promise<void> {
  await tx.select({ id: staff.id }).from(staff).where(eq(staff.id, input.staffId)).for("update");
  const others = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(
      and(
        eq(passkeys.staffId, input.staffId),
        eq(passkeys.kind, "passkey"),
        isNull(passkeys.revokedAt),
        ne(passkeys.id, input.passkeyId),
      ),
    );
  if (others.length === 0)
    throw new DomainError(
      "last_passkey",
      409,
      "这是您唯一的通行密钥，停用后就不能登录了。请先添加另一把，再停用这一把。",
    );
}
