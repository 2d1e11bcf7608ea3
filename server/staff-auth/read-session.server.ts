import { and, eq, isNull, or } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { GATE, type StaffActor } from "./actor";
import { loadStaffActor } from "./load-staff-actor.server";
import { hashToken, isToken } from "./make-token.server";
import { TOUCH_MS, isSessionLive } from "./session-limits";

/**
 * Who the cookie's token belongs to, with the roles they hold at this moment, or null: unknown, ended, idle for
 * 30 minutes, 12 hours old, suspended, or a demo session while `demoSignIn` is off (a database that once served a
 * demo opens nothing later).
 */
export async function readSession(
  db: Database,
  input: { token: string | null; demoSignIn: boolean; clock: Clock },
): Promise<{ sessionId: string; actor: StaffActor } | null> {
  const { token } = input;
  if (token === null || !isToken(token)) return null;
  const now = input.clock.now();
  const hash = hashToken(token);
  return withActor(db, GATE, async (tx) => {
    const [session] = await tx
      .select()
      .from(staffSessions)
      .where(
        and(
          or(eq(staffSessions.tokenHash, hash), eq(staffSessions.nextTokenHash, hash)),
          isNull(staffSessions.endedAt),
        ),
      );
    if (session === undefined || !isSessionLive(session, now)) return null;
    const method = session.method === "passkey" ? "passkey" : "demo";
    if (method === "demo" && !input.demoSignIn) return null;
    const actor = await loadStaffActor(tx, session.staffId, method);
    if (actor === null) return null;
    // The first use of a token given after a touch: it arrived, and the one before it opens nothing any more. Of requests
    // that come with it at once the first does this.
    if (session.nextTokenHash?.equals(hash) === true)
      await tx
        .update(staffSessions)
        .set({ tokenHash: hash, nextTokenHash: null, nextTokenAt: null })
        .where(and(eq(staffSessions.id, session.id), eq(staffSessions.nextTokenHash, hash)));
    if (now.getTime() - session.lastSeenAt.getTime() >= TOUCH_MS)
      await tx.update(staffSessions).set({ lastSeenAt: now }).where(eq(staffSessions.id, session.id));
    return { sessionId: session.id, actor };
  });
}
