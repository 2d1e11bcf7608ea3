import { and, eq, isNull, ne } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { Actor, StaffActor } from "./actor";

/**
 * Ends a person's open sessions (of one method, when given; all but `except`) inside the caller's transaction; returns
 * how many.
 */
export async function endSessions(
  tx: Tx,
  input: { staffId: string; because: string; method?: StaffActor["method"]; except?: string; at: Date },
  actor: Actor,
): Promise<number> {
  const ended = await tx
    .update(staffSessions)
    .set({ endedAt: input.at })
    .where(
      and(
        eq(staffSessions.staffId, input.staffId),
        isNull(staffSessions.endedAt),
        input.method === undefined ? undefined : eq(staffSessions.method, input.method),
        input.except === undefined ? undefined : ne(staffSessions.id, input.except),
      ),
    )
    .returning({ id: staffSessions.id });
  if (ended.length > 0)
    await recordEvent(
      tx,
      {
        action: "staff.sessions_ended",
        subjectTable: "staff",
        subjectId: input.staffId,
        data: { because: input.because, sessions: ended.length },
        at: input.at,
      },
      actor,
    );
  return ended.length;
}
