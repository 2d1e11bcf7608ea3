import { and, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { notices } from "~db/schema/mail";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/**
 * What a member decides about notices: that those refused or of unknown fate wait again (`again`; one whose tip has a
 * newer notice waiting is given up instead, so that nobody gets two), or that they are given up (`drop`; waiting ones
 * too, whose address cannot be read). Those settled meanwhile are left out of the answer's count. 404 for anyone but the
 * notice desk.
 */
export async function settleStuckNotices(
  db: Database,
  input: { readonly act: "again" | "drop"; readonly notices: readonly string[]; readonly at: Date },
  actor: StaffActor,
): Promise<{ settled: number }> {
  if (!hasRole(actor, "notice_desk")) throw notFound();
  return withActor(
    db,
    actor,
    async (tx) => {
      const open = input.act === "again" ? ["unsent", "unknown"] : ["unsent", "unknown", "waiting"];
      // Two failed notices of one tip: the later one stands for both.
      const newer = sql`exists (select 1 from notices n where n.tip_id = notices.tip_id and n.id <> notices.id
        and (n.status in ('waiting', 'sending') or n.id in ${[...input.notices]} and n.status in ('unsent', 'unknown')
          and (n.raised_on, n.id) > (notices.raised_on, notices.id)))`;
      const settled = await tx
        .update(notices)
        .set({
          status:
            input.act === "drop" ? "dropped" : sql`case when ${newer} then 'dropped' else 'waiting' end`,
          handledBy: actor.id,
          handledOn: chinaDay(input.at),
        })
        .where(and(inArray(notices.id, [...input.notices]), inArray(notices.status, open)))
        .returning({ id: notices.id });
      if (settled.length > 0)
        await recordEvent(
          tx,
          {
            action: input.act === "again" ? "notices.again" : "notices.dropped",
            subjectTable: "notices",
            subjectId: uuidv7(),
            data: { notices: settled.length },
            at: input.at,
          },
          actor,
        );
      return { settled: settled.length };
    },
    // A new notice of the same tip came at this moment: counted again, it is seen.
    { alsoRetry: ({ constraint }) => constraint === "notices_waiting_uq" },
  );
}
