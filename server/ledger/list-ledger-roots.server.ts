import { desc } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { ledgerRoots } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import type { Checkpoint } from "~server/audit/checkpoint-line";
import type { DailyRoot, KeptRoot } from "~server/audit/list-roots.server";
import type { Actor } from "~server/staff-auth/actor";

const DAY_MS = 24 * 60 * 60 * 1000;
const COLUMNS = { day: ledgerRoots.day, position: ledgerRoots.position, hash: ledgerRoots.hash };

/** The journal's latest `limit` roots, newest first. Public: they hold a day, a count and a hash. */
export async function listLedgerRoots(
  db: Database,
  input: { limit: number },
  actor: Actor,
): Promise<DailyRoot[]> {
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select(COLUMNS)
      .from(ledgerRoots)
      .orderBy(desc(ledgerRoots.day))
      .limit(input.limit + 1);
    return rows.slice(0, input.limit).map(({ day, position, hash }, at) => {
      const before = rows[at + 1];
      const added = before === undefined ? null : position - before.position;
      return { day, position, hash: hash.toString("hex"), added };
    });
  });
}

/** All of them, oldest first: one a day, so a few thousand in ten years. */
export async function listAllLedgerRoots(db: Database, actor: Actor): Promise<Checkpoint[]> {
  return withActor(db, actor, async (tx) => {
    const rows = await tx.select(COLUMNS).from(ledgerRoots).orderBy(ledgerRoots.day);
    return rows.map(({ hash, ...root }) => ({ ...root, hash: hash.toString("hex") }));
  });
}

/** All of them beside the checkpoint files, oldest first: `old` when made over a day before `now`. */
export async function listKeptLedgerRoots(db: Database, now: Date, actor: Actor): Promise<KeptRoot[]> {
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({ ...COLUMNS, madeAt: ledgerRoots.madeAt })
      .from(ledgerRoots)
      .orderBy(ledgerRoots.day);
    return rows.map(({ hash, madeAt, ...root }) => ({
      ...root,
      hash: hash.toString("hex"),
      old: madeAt.getTime() < now.getTime() - DAY_MS,
    }));
  });
}
