import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";

/**
 * Ends one session: one's own, or as an administrator anybody's. Ending it twice is no fault; a session that is
 * not there, or not the actor's to end, is 404.
 */
export async function endSession(
  db: Database,
  input: { sessionId: string; clock: Clock },
  actor: StaffActor,
): Promise<void> {
  if (!validate(input.sessionId)) throw notFound();
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    const [session] = await tx
      .select({ staffId: staffSessions.staffId })
      .from(staffSessions)
      .where(eq(staffSessions.id, input.sessionId));
    if (session === undefined) throw notFound();
    if (session.staffId !== actor.id) await checkAdministrator(tx, actor);
    const ended = await tx
      .update(staffSessions)
      .set({ endedAt: at })
      .where(and(eq(staffSessions.id, input.sessionId), isNull(staffSessions.endedAt)))
      .returning({ id: staffSessions.id });
    if (ended.length === 0) return;
    await recordEvent(
      tx,
      {
        action: session.staffId === actor.id ? "staff.signed_out" : "staff.session_ended",
        subjectTable: "staff",
        subjectId: session.staffId,
        at,
      },
      actor,
    );
  });
}
