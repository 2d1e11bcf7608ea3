import path from "node:path";
import { fileURLToPath } from "node:url";
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
