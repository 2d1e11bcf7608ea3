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
  // Who reads ahead asks before the answer before is there: one connection, one question after the other.
  let last: Promise<unknown> = Promise.resolve();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query(
      "select set_config('app.actor_kind', 'system', true), set_config('app.actor_id', '', true), set_config('app.agency_id', '', true), set_config('app.roles', $1, true)",
      [task],
    );
    return await work(async <Row extends object>(text: string, values: readonly unknown[] = []) => {
      const before = last;
      const mine = before.then(() => client.query<Row>(text, [...values]));
      last = mine.catch(() => undefined);
      return (await mine).rows;
    });
  } finally {
    await last;
    await client.query("rollback").catch(() => undefined);
    client.release();
  }
}

/**
 * Streams a query a page at a time, the next of them fetched while one is worked on. `text` compares its key with `$1`
 * (and `$2`) and ends in an order; a limit is added. `keyOf` gives the key of the last row read.
 */
export async function* readPages<Row extends object>(
  read: ReadRows,
  text: string,
  start: readonly unknown[],
  keyOf: (row: Row) => readonly unknown[],
): AsyncGenerator<Row> {
  const fetch = (key: readonly unknown[]) => {
    const rows = read<Row>(`${text} limit ${PAGE}`, key);
    // Who stops early waits for no further page; who goes on meets its fault below.
    rows.catch(() => undefined);
    return rows;
  };
  for (let ahead = fetch(start); ;) {
    const rows = await ahead;
    const last = rows.length < PAGE ? undefined : rows.at(-1);
    if (last !== undefined) ahead = fetch(keyOf(last));
    yield* rows;
    if (last === undefined) return;
  }
}

/**
 * Has every row of what follows found by its key. Row security hides from the planner how few rows a key finds, so that
 * it would hold each page against whole tables: no harm in a small ledger, and without end in a large one.
 */
export async function lookUpByKeys(read: ReadRows): Promise<void> {
  await read(
    `select set_config(name, 'off', true) from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin',
       'enable_material', 'enable_bitmapscan', 'jit']) name`,
  );
}

/** Before every uuid. */
export const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** SQL: the day in China of an instant, as text. */
export const chinaDayOf = (instant: string): string =>
  `((${instant}) at time zone 'Asia/Shanghai')::date::text`;
