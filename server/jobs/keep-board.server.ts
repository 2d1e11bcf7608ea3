import { sql } from "drizzle-orm";
import { withActor } from "~db/with-actor.server";
import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

const EVERY_MS = 60 * 1000;

/** Adds what came since to the kept numbers of boards and leads (0026), once a minute; they are exact without it too. */
export function keepBoard(portal: Portal): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const settle = async () => {
    try {
      await withActor(portal.db, systemActor("board"), (tx) => tx.execute(sql`select settle_board_counts()`));
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
