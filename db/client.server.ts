import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { keepPlans } from "./keep-plans.server";

/** The application's database: a pool of connections as the role that owns nothing. */
export type Database = { readonly pool: pg.Pool; readonly orm: NodePgDatabase };

/** One open transaction. Only `withActor` makes one, so every query runs on behalf of somebody. */
export type Tx = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

/**
 * Opens the pool. `onIdleError` receives only a PostgreSQL code: an idle client's unlistened `error` event
 * would end the process, and its message may carry values.
 */
export function openDatabase(
  url: string,
  options: { max?: number; onIdleError?: (code: string) => void } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 16,
    application_name: "portal",
    connectionTimeoutMillis: 10_000,
    // A connection takes its plans with it when it goes.
    idleTimeoutMillis: 5 * 60_000,
  });
  pool.on("error", (error: Error & { code?: string }) => options.onIdleError?.(error.code ?? "unknown"));
  // The pool listens while a connection is idle; one that is lost between two statements of a transaction would end
  // the process. The next statement on it fails, which is where the loss is dealt with.
  pool.on("connect", (client) => client.on("error", () => undefined));
  keepPlans(pool);
  return { pool, orm: drizzle(pool) };
}
