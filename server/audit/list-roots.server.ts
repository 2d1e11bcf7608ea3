import { desc, sql } from "drizzle-orm";
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

/** A root beside the checkpoint files: `old` when it was made over a day ago. */
export type KeptRoot = Checkpoint & { readonly old: boolean };

/** All roots, oldest first: one a day, so a few thousand in ten years. */
export async function listAllRoots(db: Database, actor: Actor): Promise<KeptRoot[]> {
  return withActor(db, actor, async (tx) => {
    const old = sql<boolean>`${auditRoots.madeAt} < now() - interval '1 day'`;
    const rows = await tx
      .select({ day: auditRoots.day, position: auditRoots.position, hash: auditRoots.hash, old })
      .from(auditRoots)
      .orderBy(auditRoots.day);
    return rows.map(({ hash, ...root }) => ({ ...root, hash: hash.toString("hex") }));
  });
}
