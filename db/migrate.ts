import path from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { grantApplicationRole } from "./privileges";

const MIGRATIONS = path.join(path.dirname(fileURLToPath(import.meta.url)), "migrations");

/** A number all starters agree on, so that two of them migrate one after the other. */
const MIGRATION_LOCK = 7_301_650;

/**
 * Brings the schema up to date as the owner and gives the application role its rights. All pending migrations run
 * in one transaction: a failure leaves the schema as it was.
 */
export async function migrateDatabase(migrationUrl: string, applicationRole: string): Promise<void> {
  const client = new pg.Client({ connectionString: migrationUrl, application_name: "portal-migrate" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("set client_min_messages = warning");
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS, migrationsSchema: "drizzle" });
    await grantApplicationRole(client, applicationRole);
  } finally {
    await client.end();
  }
}

/** Whether the schema is exactly that of these migrations; looks, and changes nothing. */
export async function isMigrated(migrationUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: migrationUrl, application_name: "portal-look" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const wanted = readMigrationFiles({ migrationsFolder: MIGRATIONS });
    const { rows: known } = await client.query<{ there: boolean }>(
      "select to_regclass('drizzle.__drizzle_migrations') is not null as there",
    );
    if (known[0]?.there !== true) return false;
    const { rows } = await client.query<{ hash: string }>(
      "select hash from drizzle.__drizzle_migrations order by created_at",
    );
    return rows.length === wanted.length && rows.every(({ hash }, at) => hash === wanted[at]?.hash);
  } finally {
    await client.end();
  }
}
