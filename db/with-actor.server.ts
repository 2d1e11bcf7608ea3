import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type { ActingFor } from "~server/staff-auth/actor";
import { databaseFault } from "~server/errors.server";
import type { Database, Tx } from "./client.server";

/** Faults after which the same transaction may simply be run again: serialization, deadlock. */
const RETRYABLE = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction on behalf of `actor`. The actor is told to PostgreSQL for the length of the
 * transaction (`app.actor_kind`, `app.actor_id`, `app.agency_id`, `app.roles`, and for a reporter or intake
 * `app.lookup_id`, in hex), which row-level security reads.
 * Serialization failures and deadlocks are retried up to `attempts` times; so may be the fault codes in
 * `alsoRetry` (a first-come race on a unique key). `work` must therefore be free of effects outside the database.
 */
export async function withActor<T>(
  db: Database,
  actor: ActingFor,
  work: (tx: Tx) => Promise<T>,
  options: { attempts?: number; alsoRetry?: (fault: { code?: string; constraint?: string }) => boolean } = {},
): Promise<T> {
  const attempts = options.attempts ?? 5;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, async (tx) => {
        await tx.execute(
          sql`select set_config('app.actor_kind', ${actor.kind}, true), set_config('app.actor_id', ${
            actor.kind === "staff" ? actor.id : ""
          }, true), set_config('app.agency_id', ${actor.kind === "staff" ? actor.agencyId : ""}, true), set_config('app.roles', ${
            actor.kind === "staff" ? actor.roles.join(",") : ""
          }, true), set_config('app.lookup_id', ${receiptOf(actor)}, true)`,
        );
        return work(tx);
      });
    } catch (error) {
      const fault = databaseFault(error);
      const again =
        fault.code !== undefined && (RETRYABLE.has(fault.code) || options.alsoRetry?.(fault) === true);
      if (!again || attempt >= attempts) throw error;
      await new Promise((resume) => setTimeout(resume, 2 ** attempt * 5 * Math.random()));
    }
  }
}

/**
 * A connection of one's own for the length of a transaction, given back whatever becomes of it: drizzle's own way over
 * a pool keeps the connection for ever where it was lost before `begin`.
 */
async function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    return await drizzle(client).transaction(work);
  } finally {
    client.release();
  }
}

function receiptOf(actor: ActingFor): string {
  return actor.kind === "reporter" || actor.kind === "intake" ? (actor.lookupId?.toString("hex") ?? "") : "";
}
