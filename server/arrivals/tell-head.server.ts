import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

const TELLER = systemActor("seal-arrivals");
/** Any number: two portals on one database tell a day's head once. */
const TELL_LOCK = 7_301_662;

/**
 * Puts the register's last hash into the audit trail once a day, so that the day's published root vouches for the
 * order of arrival as well. Says whether it did; nothing new since the last time is not told again.
 */
export async function tellHead(db: Database, clock: Clock): Promise<boolean> {
  const at = clock.now();
  return withActor(db, TELLER, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${TELL_LOCK})`);
    const { rows } = await tx.execute<{
      upTo: string;
      hash: string;
      told: string | null;
      day: string | null;
    }>(
      sql`select r.arrival_no::text as "upTo", encode(r.hash, 'hex') as hash, e.told, e.day
            from (select arrival_no, hash from arrival_ranks order by arrival_ranks.arrival_no desc limit 1) r
            left join lateral (select data->>'upTo' as told, recorded_on::text as day from events
              where subject_table = 'arrival_ranks' and subject_id = 'head' order by seq desc limit 1) e on true`,
    );
    const [head] = rows;
    if (head === undefined || head.told === head.upTo || head.day === chinaDay(at)) return false;
    await recordEvent(
      tx,
      {
        action: "arrivals.sealed",
        subjectTable: "arrival_ranks",
        subjectId: "head",
        data: { upTo: head.upTo, hash: head.hash },
        at,
        dayOnly: true,
      },
      TELLER,
    );
    return true;
  });
}
