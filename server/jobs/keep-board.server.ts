import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

const EVERY_MS = 60 * 1000;

/** Notes of reports that may wait for keys dropped in one transaction. */
const NOTES = 1_000;

/** Notes of cards and reports added up in one transaction. */
const COUNTED = 10_000;

/**
 * Adds what came since to the kept numbers of boards and leads (0026) and drops notes of reports whose keys are all there
 * (0040), once a minute; both are exact without it too.
 */
export function keepBoard(portal: Portal): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const settle = async () => {
    try {
      while ((await settleBoardCounts(portal.db, COUNTED)) === COUNTED);
      while ((await settleKeyWaits(portal.db)) === NOTES);
    } catch (error) {
      portal.log.error({ code: databaseFault(error).code ?? "unknown" }, "settling board counts failed");
    }
  };
  const timer = setInterval(() => {
    running = running.then(settle);
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** Adds so many notes of either kind up; says how many of the kind with more there were. */
export async function settleBoardCounts(db: Database, atMost: number): Promise<number> {
  const { rows } = await withActor(db, systemActor("board"), (tx) =>
    tx.execute<{ settled: number }>(sql`select settle_board_counts(${atMost}) as settled`),
  );
  return rows[0]?.settled ?? 0;
}

/** Drops notes nothing waits for any more; says how many. 0 also where a body takes a lead at this moment. */
export async function settleKeyWaits(db: Database): Promise<number> {
  const { rows } = await withActor(db, systemActor("board"), (tx) =>
    tx.execute<{ dropped: number }>(sql`select settle_key_waits(${NOTES}) as dropped`),
  );
  return rows[0]?.dropped ?? 0;
}
