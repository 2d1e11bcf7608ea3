import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { auditRoots } from "~db/schema/events";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { CHAIN_LOCK } from "./seal-events.server";

/** A day is left alone for a while after midnight, so that what began in it has been chained. */
const GRACE_MS = 10 * 60_000;

/**
 * Writes the root of every finished day in China since the last root: the last link laid for anything recorded up to
 * that day. Days without events repeat the root before them. Without any root yet it begins with yesterday. Call it
 * after `sealEvents`. Returns the days written.
 */
export async function makeRoots(db: Database, clock: Clock): Promise<string[]> {
  const yesterday = addDays(chinaDay(new Date(clock.now().getTime() - GRACE_MS)), -1);
  return withActor(db, systemActor("daily-root"), async (tx) => {
    if ((await lastRootDay(tx)) === yesterday) return [];
    // The sealer's lock: two portals on one database write a day once, and no link comes in between.
    await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
    const last = await lastRootDay(tx);
    const written: string[] = [];
    for (let day = last === null ? yesterday : addDays(last, 1); day <= yesterday; day = addDays(day, 1)) {
      const root = await rootOf(tx, day);
      if (root === null) continue;
      await tx.insert(auditRoots).values({ day, ...root });
      written.push(day);
    }
    return written;
  });
}

async function lastRootDay(tx: Tx): Promise<string | null> {
  const [row] = await tx.select({ day: sql<string | null>`max(${auditRoots.day})::text` }).from(auditRoots);
  return row?.day ?? null;
}

/** The furthest link of an event recorded up to `day`, never before the root of an earlier day. */
async function rootOf(tx: Tx, day: string): Promise<{ position: bigint; hash: Buffer } | null> {
  const { rows } = await tx.execute<{ position: string; hash: Buffer }>(
    sql`select position::text as position, hash from event_chain where position = greatest(
          (select max(position) from audit_roots),
          (select max(c.position) from event_chain c join events e on e.id = c.event_id
            where c.position > coalesce((select max(position) from audit_roots), 0)
              and e.recorded_on <= ${day}::date))`,
  );
  const [row] = rows;
  return row === undefined ? null : { position: BigInt(row.position), hash: row.hash };
}
