import path from "node:path";
import pg from "pg";

/**
 * Everything in the database as files in `folder`, which the server's account can write: every table of every schema,
 * the catalogue's statistics included, as text, and our own in binary as well; and what sessions show of themselves.
 * (The packaged PostgreSQL has no pg_dump.) Returns how many files.
 */
export async function dumpDatabase(superuserUrl: string, folder: string): Promise<number> {
  const client = new pg.Client({ connectionString: superuserUrl });
  client.on("error", () => undefined);
  await client.connect();
  try {
    // Samples of column values, as autovacuum would keep them.
    await client.query("analyze");
    const { rows } = await client.query<{ schema: string; name: string }>(
      `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and n.nspname !~ '^pg_toast' order by 1, 2`,
    );
    let files = 0;
    const copy = async (from: string, name: string, format: "text" | "binary") => {
      const file = client.escapeLiteral(path.join(folder, `${name}.${format}`));
      await client.query(`copy ${from} to ${file} (format ${format})`);
      files += 1;
    };
    for (const { schema, name } of rows) {
      const table = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
      await copy(table, `${schema}.${name}`, "text");
      if (schema === "public") await copy(table, `${schema}.${name}`, "binary");
    }
    await copy("(select * from pg_stat_activity)", "pg_stat_activity", "text");
    await client.query("checkpoint");
    return files;
  } finally {
    await client.end();
  }
}
