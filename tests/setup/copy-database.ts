import pg from "pg";
import { inject } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { asPortal } from "./database";
import { APPLICATION, OWNER, databaseUrl } from "./start-test-cluster";

/** As `TestDatabase` has them; `close` drops the database. */
export type CopiedDatabase = {
  readonly db: Database;
  readonly applicationUrl: string;
  readonly migrationUrl: string;
  close(): Promise<void>;
};

/**
 * A copy of a database as it stands, by default of the migrated template: what a backup of that moment restores. Whoever
 * is connected to the original is sent away first, and connects again by themselves.
 */
export async function copyDatabase(name: string, from = inject("template")): Promise<CopiedDatabase> {
  await onServer(async (client) => {
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [from]);
    await client.query(`create database ${name} template ${from} owner ${OWNER.user}`);
  });
  const cluster = inject("clusterUrl");
  const applicationUrl = databaseUrl(cluster, name, APPLICATION);
  const db = openDatabase(asPortal(applicationUrl));
  return {
    ...{ db, applicationUrl, migrationUrl: databaseUrl(cluster, name, OWNER) },
    close: async () => {
      await db.pool.end();
      await onServer((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inject("clusterUrl") });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(42)");
    await work(client);
  } finally {
    await client.end();
  }
}
