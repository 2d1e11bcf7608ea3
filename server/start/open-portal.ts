import { mkdirSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { openDatabase } from "~db/client.server";
import { ensurePortalDatabase, startEmbeddedPostgres } from "~db/embedded";
import { migrateDatabase } from "~db/migrate";
import { applicationRoleFault } from "~db/privileges";
import { systemClock } from "~server/clock";
import type { Env } from "~server/env.server";
import { databaseFault } from "~server/errors.server";
import { createLog } from "~server/log.server";
import { loadPack } from "~server/packs/load-pack.server";
import { PackError } from "~server/packs/pack-error";
import type { Portal } from "~server/portal.server";
import { openKeyring } from "~server/secrecy/keyring.server";

/** A refusal to start; `message` is the one line the operator reads. */
export class StartError extends Error {}

export type OpenPortal = { readonly portal: Portal; close(): Promise<void> };

type Urls = { url: string; migrationUrl: string; stop(): Promise<void> };

/** Database up, migrated and checked; keys and log at hand. Used by the server and by the command line. */
export async function openPortal(env: Env): Promise<OpenPortal> {
  const log = createLog(env.logLevel);
  const pack = readPack(env.packId);
  const urls = env.database
    ? { ...env.database, stop: () => Promise.resolve() }
    : await startOwnDatabase(env);
  try {
    await checkReachable(urls, env.database !== null);
    await migrate(urls);
    const db = openDatabase(urls.url, {
      onIdleError: (code) => log.warn({ code }, "idle database connection lost"),
    });
    const fault = await applicationRoleFault(db.pool);
    if (fault !== null) {
      await db.pool.end();
      throw new StartError(fault);
    }
    const portal: Portal = { env, db, clock: systemClock, log, keyring: openKeyring(env), pack };
    return {
      portal,
      close: async () => {
        await db.pool.end();
        await urls.stop();
      },
    };
  } catch (error) {
    await urls.stop();
    throw error;
  }
}

function readPack(id: string): Portal["pack"] {
  try {
    return loadPack(id);
  } catch (error) {
    if (error instanceof PackError) throw new StartError(`PACK: ${error.message}`);
    throw error;
  }
}

async function startOwnDatabase(env: Env): Promise<Urls> {
  mkdirSync(env.dataDir, { recursive: true });
  const server = await startEmbeddedPostgres({
    dataDir: path.join(env.dataDir, "postgres"),
    durable: true,
    log: () => undefined,
  }).catch((error: unknown) => {
    throw error instanceof Error && error.name === "EmbeddedError" ? new StartError(error.message) : error;
  });
  try {
    const { appUrl, migrationUrl } = await ensurePortalDatabase(server, "portal");
    return { url: appUrl, migrationUrl, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function checkReachable(urls: Urls, external: boolean): Promise<void> {
  for (const [name, url] of [
    ["MIGRATION_DATABASE_URL", urls.migrationUrl],
    ["DATABASE_URL", urls.url],
  ] as const) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ version: string }>(
        "select current_setting('server_version_num') as version",
      );
      if (Number(rows[0]?.version) < 150_000) {
        throw new StartError(`${name}: the server is older than PostgreSQL 15; use 15 or newer`);
      }
    } catch (error) {
      if (error instanceof StartError || !external) throw error;
      throw new StartError(`${name}: ${unreachable(error)}`);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function unreachable(error: unknown): string {
  const { code } = databaseFault(error);
  if (code === "28P01" || code === "28000") return "the server refuses this user or password";
  if (code === "3D000") return "the server has no such database";
  return "the database server cannot be reached; check host and port and that it is running";
}

async function migrate(urls: Urls): Promise<void> {
  try {
    await migrateDatabase(urls.migrationUrl, decodeURIComponent(new URL(urls.url).username));
  } catch (error) {
    const { code } = databaseFault(error);
    throw new StartError(
      `The database could not be brought up to date (${code ?? "unknown fault"}); it was left as it was before this start`,
    );
  }
}
