import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

/** Days a frozen choice and its results stay to be looked at; what was done is in the trail for good. */
export const SETS_KEPT_DAYS = 90;

/** Removes frozen sets made longer ago; how many. */
export async function dropOldSets(db: Database, clock: Clock): Promise<{ dropped: number }> {
  const before = new Date(clock.now().getTime() - SETS_KEPT_DAYS * 86_400_000).toISOString();
  return withActor(db, systemActor("board"), async (tx) => {
    const { rows } = await tx.execute<{ dropped: number }>(
      sql`select drop_old_bulk_sets(${before}::timestamptz) as dropped`,
    );
    return { dropped: Number(rows[0]?.dropped ?? 0) };
  });
}
