import { sql, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/**
 * Whether a column holds one of many values: as `inArray`, with the list as one value instead of one for each, which is
 * what naming, sending and reading a question about hundreds of rows mostly costs. True of no row for an empty list.
 */
export function matchAny(column: PgColumn, values: readonly string[]): SQL {
  // The type is the schema's own word, nobody's input.
  return sql`${column} = any(${sql.param([...values])}::${sql.raw(column.getSQLType())}[])`;
}
