import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "./actor";
import { hashToken, makeToken } from "./make-token.server";

/**
 * Gives an open session of the actor's own a new token; the old one opens nothing from then on. Both of its limits stay
 * as they were. null when the session has ended, or another request with the same token was first.
 */
export async function rotateSession(
  db: Database,
  input: { sessionId: string; token: string },
  actor: StaffActor,
): Promise<string | null> {
  const token = makeToken();
  return withActor(db, actor, async (tx) => {
    const rotated = await tx
      .update(staffSessions)
      .set({ tokenHash: hashToken(token) })
      .where(
        and(
          eq(staffSessions.id, input.sessionId),
          eq(staffSessions.staffId, actor.id),
          eq(staffSessions.tokenHash, hashToken(input.token)),
          isNull(staffSessions.endedAt),
        ),
      )
      .returning({ id: staffSessions.id });
    return rotated.length === 0 ? null : token;
  });
}
