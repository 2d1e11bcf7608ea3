import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { APPLICATION, OWNER, databaseUrl } from "./start-test-cluster";

export type TestDatabase = {
  /**
   * As the application: owns nothing. Unlike the server's, its connections act for the portal until `withActor` says
   * otherwise, so that a test may look at a table without a transaction; `applicationUrl` opens one that does not.
   */
  readonly db: Database;
  /** As the owner of the tables, for what only an operator could try. */
  readonly owner: pg.Pool;
  readonly applicationUrl: string;
  readonly migrationUrl: string;
};

/** Clones the migrated template for the calling test file and drops it afterwards. */
export function testDatabase(): TestDatabase {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const at: { db?: Database; owner?: pg.Pool; urls?: [string, string] } = {};
  beforeAll(async () => {
    const cluster = inject("clusterUrl");
    await onServer(cluster, `create database ${name} template ${inject("template")} owner ${OWNER.user}`);
    at.urls = [databaseUrl(cluster, name, APPLICATION), databaseUrl(cluster, name, OWNER)];
    at.db = openDatabase(asPortal(at.urls[0]));
    at.owner = new pg.Pool({ connectionString: at.urls[1], max: 4 });
    at.owner.on("error", () => undefined);
  });
  afterAll(async () => {
    await at.db?.pool.end();
    await at.owner?.end();
    await onServer(inject("clusterUrl"), `drop database if exists ${name} with (force)`);
  });
  const ready = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the test database is opened in beforeAll");
    return value;
  };
  return {
    get db() {
      return ready(at.db);
    },
    get owner() {
      return ready(at.owner);
    },
    get applicationUrl() {
      return ready(at.urls)[0];
    },
    get migrationUrl() {
      return ready(at.urls)[1];
    },
  };
}

/** Row-level security shows nothing to a connection that acts for nobody. Transactions of `withActor` override this. */
export function asPortal(url: string): string {
  const preset = new URL(url);
  preset.searchParams.set("options", "-c app.actor_kind=system");
  return preset.toString();
}

async function onServer(url: string, statement: string): Promise<void> {
  // CREATE DATABASE … TEMPLATE fails while another session clones the same template: queue on a lock.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(42)");
    await client.query(statement);
  } finally {
    await client.end();
  }
}
