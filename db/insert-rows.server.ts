import { getTableColumns, getTableName, sql, type SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Tx } from "./client.server";

/**
 * Inserts many rows in their order as one value instead of one for each cell: with thousands of cells, naming,
 * sending and reading each of them costs more than the rows. All rows name the same columns, else it throws; those left
 * out have their defaults.
 */
export async function insertRows<T extends PgTable>(
  tx: Tx,
  table: T,
  rows: readonly T["$inferInsert"][],
): Promise<void> {
  const [first] = rows as readonly Record<string, unknown>[];
  if (first === undefined) return;
  const all = Object.entries(getTableColumns(table));
  const columns = all.filter(([key]) => first[key] !== undefined);
  const names = join(columns.map(([, column]) => sql.identifier(column.name)));
  // The types are the schema's own words, nobody's input.
  const typed = join(
    columns.map(([, column]) => sql`${sql.identifier(column.name)} ${sql.raw(column.getSQLType())}`),
  );
  const cells = (rows as readonly Record<string, unknown>[]).map((row) => {
    if (all.some(([key]) => (row[key] === undefined) !== (first[key] === undefined)))
      throw new Error("rows that name different columns");
    return Object.fromEntries(columns.map(([key, column]) => [column.name, written(row[key])]));
  });
  await tx.execute(
    sql`insert into ${sql.identifier(getTableName(table))} (${names})
        select ${names} from json_to_recordset(${JSON.stringify(cells)}::json) as given(${typed})`,
  );
}

/** A cell as PostgreSQL reads it from JSON. */
function written(value: unknown): unknown {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "bigint") return String(value);
  return value ?? null;
}

function join(parts: readonly SQL[] | readonly ReturnType<typeof sql.identifier>[]): SQL {
  return sql.join([...parts], sql`, `);
}
