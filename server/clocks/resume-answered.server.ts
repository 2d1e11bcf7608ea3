import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { endPause } from "./resume-clock.server";

const ACTOR = systemActor("resume-clocks");

/** Pauses ended in one transaction, and in one run. */
const BATCH = 200;
const A_RUN = 10_000;

/**
 * Ends the pauses that wait for nothing any more: the reporter answered (or took the report back), or the days to wait
 * are over. The day that counts is the answer's, or the last to wait, however late this runs; it may run again and
 * again. With `messageId` only the pauses of the thread that message stands in. The trail keeps days alone: when this
 * runs tells when a reporter wrote. Says how many clocks run on.
 */
export async function resumeAnswered(
  portal: { readonly db: Database; readonly clock: Portal["clock"] },
  input: { readonly messageId?: string } = {},
): Promise<{ resumed: number }> {
  const at = portal.clock.now();
  let resumed = 0;
  for (let last = BATCH; last === BATCH && resumed < A_RUN; resumed += last) {
    last = await withActor(portal.db, ACTOR, async (tx) => {
      const over = await findOver(tx, chinaDay(at), input.messageId ?? null);
      for (const pause of over) await endPause(tx, { ...pause, at, dayOnly: true }, ACTOR);
      return over.length;
    });
  }
  return { resumed };
}

type Over = { id: string; clockId: string; on: string };

async function findOver(tx: Tx, today: string, messageId: string | null): Promise<Over[]> {
  const { rows } = await tx.execute<Over>(sql`
    select w.id, w.clock_id as "clockId", w.ends::text as on from (
      select p.id, p.clock_id, greatest(p.from_on, least(p.until_on, (
               select min(m.written_on) from tip_messages m
                where m.tip_id = q.tip_id and m.direction = 'in' and m.message_no > q.message_no),
               t.receipt_closed_on)) as ends
        from clock_pauses p join tip_messages q on q.id = p.message_id join tips t on t.id = q.tip_id
       where p.cause = 'reporter' and p.to_on is null
         ${messageId === null ? sql`` : sql`and q.tip_id = (select tip_id from tip_messages where id = ${messageId})`}
    ) w
    where w.ends < ${today}::date or w.ends = ${today}::date and exists (
      select 1 from clock_pauses p join tip_messages q on q.id = p.message_id join tips t on t.id = q.tip_id
       where p.id = w.id and (t.receipt_closed_on is not null or exists (
         select 1 from tip_messages m where m.tip_id = q.tip_id and m.direction = 'in' and m.message_no > q.message_no)))
    order by w.clock_id limit ${BATCH}`);
  return rows;
}
