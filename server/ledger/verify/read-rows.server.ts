import type pg from "pg";
import type { Database } from "~db/client.server";

/** Reads rows of one consistent snapshot. `bigint` columns must be cast to text by the query. */
export type ReadRows = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

const PAGE = 500;

/**
 * Runs `work` on one read-only snapshot of the database, so that what is compared was written together. It acts for
 * the portal itself (`app.actor_kind` = system), which row-level security lets read the structured records.
 */
export async function withSnapshot<T>(
  db: Database,
  task: string,
  work: (read: ReadRows) => Promise<T>,
): Promise<T> {
  const client: pg.PoolClient = await db.pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query(
      "select set_config('app.actor_kind', 'system', true), set_config('app.actor_id', '', true), set_config('app.agency_id', '', true), set_config('app.roles', $1, true)",
      [task],
    );
    return await work(async <Row extends object>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query<Row>(text, [...values]);
      return rows;
    });
  } finally {
    await client.query("rollback").catch(() => undefined);
    client.release();
  }
}

/**
 * Streams a query a page at a time. `text` compares its key with `$1` (and `$2`) and ends in an order; a limit is
 * added. `keyOf` gives the key of the last row read.
 */
export async function* readPages<Row extends object>(
  read: ReadRows,
  text: string,
  start: readonly unknown[],
  keyOf: (row: Row) => readonly unknown[],
): AsyncGenerator<Row> {
  for (let key = start; ;) {
    const rows = await read<Row>(`${text} limit ${PAGE}`, key);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    key = keyOf(last);
  }
}

/** Before every uuid. */
export const FIRST_ID = "00000000-0000-0000-0000-000000000000";
