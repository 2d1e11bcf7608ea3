import pg from "pg";
import { startEmbeddedPostgres } from "~db/embedded";
import { migrateDatabase } from "~db/migrate";

export const OWNER = { user: "test_owner", password: "test-owner" };
export const APPLICATION = { user: "test_app", password: "test-app" };

export type TestCluster = { url: string; template: string; stop(): Promise<void> };

/**
 * A throw-away cluster under `folder` (or the server named by TEST_SUPERUSER_URL, PostgreSQL 15 or newer) holding
 * the migrated template database. `url` is the superuser's.
 */
export async function startTestCluster(folder: string): Promise<TestCluster> {
  const template = `portal_template_${process.pid}`;
  const external = process.env.TEST_SUPERUSER_URL;
  const embedded = external
    ? null
    : await startEmbeddedPostgres({ dataDir: folder, durable: false, log: () => undefined });
  const url = external ?? embedded?.superuserUrl ?? "";
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const role of [OWNER, APPLICATION]) {
    const known = await client.query("select 1 from pg_roles where rolname = $1", [role.user]);
    if (known.rowCount === 0)
      await client.query(`create role ${role.user} login password '${role.password}'`);
  }
  await client.query(`drop database if exists ${template} with (force)`);
  await client.query(`create database ${template} owner ${OWNER.user}`);
  await client.end();
  await migrateDatabase(databaseUrl(url, template, OWNER), APPLICATION.user);
  return { url, template, stop: () => (embedded ? embedded.stop() : dropTemplate(url, template)) };
}

/** The same server, another database and role. */
export function databaseUrl(base: string, database: string, as: { user: string; password: string }): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  url.username = as.user;
  url.password = as.password;
  return url.toString();
}

async function dropTemplate(url: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${template} with (force)`);
  await client.end();
}
