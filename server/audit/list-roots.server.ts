import { desc, gt, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { auditRoots } from "~db/schema/events";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import type { Checkpoint } from "./checkpoint-line";

export type DailyRoot = Checkpoint & {
  /** Events chained since the root before; null for the first root, which stands for all days up to it. */
  readonly added: bigint | null;
};

/** The latest `limit` daily roots, newest first. Public: they hold a day, a count and a hash. */
export async function listRoots(db: Database, input: { limit: number }, actor: Actor): Promise<DailyRoot[]> {
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({ day: auditRoots.day, position: auditRoots.position, hash: auditRoots.hash })
      .from(auditRoots)
      .orderBy(desc(auditRoots.day))
      .limit(input.limit + 1);
    return rows.slice(0, input.limit).map(({ day, position, hash }, at) => {
      const before = rows[at + 1];
      const added = before === undefined ? null : position - before.position;
      return { day, position, hash: hash.toString("hex"), added };
    });
  });
}

/** The roots after `day` (all of them without one), oldest first. */
export async function listRootsSince(db: Database, day: string | null, actor: Actor): Promise<Checkpoint[]> {
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select()
      .from(auditRoots)
      .where(day === null ? sql`true` : gt(auditRoots.day, day))
      .orderBy(auditRoots.day);
    return rows.map(({ day: of, position, hash }) => ({ day: of, position, hash: hash.toString("hex") }));
  });
}
