import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { readThreadHead } from "./read-thread-head.server";

/** Notes that what a reporter wrote was opened in a staff browser, with an event; what is noted already stays. */
export async function markRead(
  db: Database,
  input: {
    readonly leadId: string;
    readonly tipId: string;
    readonly ids: readonly string[];
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<{ marked: number }> {
  return withActor(db, actor, async (tx) => {
    const { lead, tip } = await readThreadHead(tx, input, actor);
    const marked = await tx
      .update(tipMessages)
      .set({ readOn: chinaDay(input.at) })
      .where(
        and(
          eq(tipMessages.tipId, tip.id),
          inArray(tipMessages.id, [...input.ids]),
          eq(tipMessages.direction, "in"),
          isNull(tipMessages.readOn),
        ),
      )
      .returning({ id: tipMessages.id });
    if (marked.length > 0) {
      // Like looking at tips: told by its subject, no step of the lead's own history.
      await recordEvent(
        tx,
        {
          action: "message.read",
          subjectTable: "leads",
          subjectId: lead.id,
          data: { tipId: tip.id, messages: marked.length },
          at: input.at,
        },
        actor,
      );
    }
    return { marked: marked.length };
  });
}
