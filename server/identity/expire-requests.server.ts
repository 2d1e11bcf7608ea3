import { and, eq, lte } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { identityRequests } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

/** Ends the requests nobody answered in time and drops their released shares. Says how many. */
export async function expireRequests(db: Database, clock: Clock): Promise<number> {
  const actor = systemActor("expire-identity-requests");
  const at = clock.now();
  return withActor(db, actor, async (tx) => {
    const ended = await tx
      .update(identityRequests)
      .set({ status: "expired", enc: null, body: null })
      .where(and(eq(identityRequests.status, "waiting"), lte(identityRequests.expiresAt, at)))
      .returning({ id: identityRequests.id, tipId: identityRequests.tipId });
    for (const { id, tipId } of ended) {
      await recordEvent(
        tx,
        {
          action: "identity.expired",
          subjectTable: "tips",
          subjectId: tipId,
          data: { tipId, requestId: id },
          at,
        },
        actor,
      );
    }
    return ended.length;
  });
}
