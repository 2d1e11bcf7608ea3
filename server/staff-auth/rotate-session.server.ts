import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "./actor";
import { hashToken, makeToken } from "./make-token.server";

/** Answers to touches at one time do not overtake each other; one that was lost is replaced after this. */
const ANSWERED_MS = 60_000;

/**
 * Gives an open session of the actor's own a new token; with its first use (readSession) the old one is dead. An answer that
 * never arrives leaves the session as it was. Both of its limits stay as they were. null when the session has ended, or
 * another request with the same token was first.
 */
export async function rotateSession(
  db: Database,
  input: { sessionId: string; token: string; clock: Clock },
  actor: StaffActor,
): Promise<string | null> {
  const token = makeToken();
  const now = input.clock.now();
  return withActor(db, actor, async (tx) => {
    const rotated = await tx
      .update(staffSessions)
      .set({ nextTokenHash: hashToken(token), nextTokenAt: now })
      .where(
        and(
          eq(staffSessions.id, input.sessionId),
          eq(staffSessions.staffId, actor.id),
          eq(staffSessions.tokenHash, hashToken(input.token)),
          or(
            isNull(staffSessions.nextTokenAt),
            lt(staffSessions.nextTokenAt, new Date(now.getTime() - ANSWERED_MS)),
          ),
          isNull(staffSessions.endedAt),
        ),
      )
      .returning({ id: staffSessions.id });
    return rotated.length === 0 ? null : token;
  });
}
