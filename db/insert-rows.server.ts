import { getTableColumns, getTableName, sql, type SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Tx } from "./client.server";

/**
 * Inserts many rows in their order as one value instead of one for each cell: with thousands of cells, naming,
 * sending and reading each of them costs more than the rows. Bytes follow as a second value, one cell's behind the
 * other's: as text they would be twice as long. All rows name the same columns, else it throws; those left out have
 * their defaults.
 */
export async function insertRows<T extends PgTable>(
  tx: Tx,
  table: T,
  rows: readonly T["$inferInsert"][],
): Promise<void> {
  const [first] = rows as readonly Record<string, unknown>[];
  if (first === undefined) return;
  const all = Object.entries(getTableColumns(table));
  const left = all.filter(([key]) => first[key] === undefined).map(([key]) => key);
  const columns = all
    .filter(([key]) => first[key] !== undefined)
    .map(([key, column]) => ({
      key,
      name: column.name,
      type: column.getSQLType(),
      long: `${column.name} long`,
    }));
  const bytes: Uint8Array[] = [];
  let end = 0;
  const cells = (rows as readonly Record<string, unknown>[]).map((row) => {
    if (left.some((key) => row[key] !== undefined)) throw new Error("rows that name different columns");
    const cell: Record<string, unknown> = {};
    for (const { key, name, type, long } of columns) {
      const value = row[key];
      if (value === undefined) throw new Error("rows that name different columns");
      if (type === "bytea" && value instanceof Uint8Array) {
        // PostgreSQL counts from 1.
        cell[name] = end + 1;
        cell[long] = value.length;
        end += value.length;
        bytes.push(value);
      } else cell[name] = typeof value === "bigint" ? String(value) : value;
    }
    return cell;
  });
  const names = join(columns.map(({ name }) => sql.identifier(name)));
  const read = join(
    columns.map(({ name, type, long }) =>
      type === "bytea"
        ? sql`substring(sent.bytes from given.${sql.identifier(name)} for given.${sql.identifier(long)})`
        : sql`given.${sql.identifier(name)}`,
    ),
  );
  // The types are the schema's own words, nobody's input.
  const typed = join(
    columns.map(({ name, type, long }) =>
      type === "bytea"
        ? sql`${sql.identifier(name)} integer, ${sql.identifier(long)} integer`
        : sql`${sql.identifier(name)} ${sql.raw(type)}`,
    ),
  );
  const sent =
    bytes.length === 0
      ? sql`(select null::bytea as bytes) sent`
      : sql`(select ${Buffer.concat(bytes)}::bytea as bytes offset 0) sent`;
  await tx.execute(
    sql`insert into ${sql.identifier(getTableName(table))} (${names})
        select ${read} from json_to_recordset(${JSON.stringify(cells)}::json) as given(${typed}) cross join ${sent}`,
  );
}

function join(parts: readonly SQL[] | readonly ReturnType<typeof sql.identifier>[]): SQL {
  return sql.join([...parts], sql`, `);
}
