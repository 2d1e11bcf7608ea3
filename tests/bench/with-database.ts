import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { openDatabase, type Database } from "~db/client.server";
import { startEmbeddedPostgres } from "~db/embedded";
import { migrateDatabase } from "~db/migrate";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { installSchemes } from "~server/start/install-pack.server";
import { endClean } from "./end-clean";

export type BenchDatabase = {
  /** As the application, acting for the portal until `withActor` says otherwise. */
  readonly db: Database;
  /** As the superuser, for filling. */
  readonly root: pg.Client;
  readonly rootUrl: string;
  readonly applicationUrl: string;
  /** Of the database server. */
  readonly serverPid: number;
};

/** Gives `work` a migrated database on a server of its own; both are gone afterwards. */
export async function withBenchDatabase<T>(
  work: (bench: BenchDatabase) => Promise<T>,
  { max = 4 }: { readonly max?: number } = {},
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(folder, 0o711);
  const cluster = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
  const end = endClean(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    const admin = new pg.Client({ connectionString: cluster.superuserUrl });
    await admin.connect();
    await admin.query("create role bench_app login password 'bench-app'");
    await admin.query("create database bench");
    await admin.end();
    const url = new URL(cluster.superuserUrl);
    url.pathname = "/bench";
    const rootUrl = url.toString();
    await migrateDatabase(rootUrl, "bench_app");
    const root = new pg.Client({ connectionString: rootUrl });
    await root.connect();
    [url.username, url.password] = ["bench_app", "bench-app"];
    const applicationUrl = url.toString();
    url.searchParams.set("options", "-c app.actor_kind=system");
    const db = openDatabase(url.toString(), { max });
    try {
      await withActor(db, systemActor("bench"), (tx) => installSchemes(tx));
      return await work({ db, root, rootUrl, applicationUrl, serverPid: cluster.pid });
    } finally {
      await db.pool.end();
      await root.end();
    }
  } finally {
    await end();
  }
}
