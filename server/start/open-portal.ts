import { existsSync } from "node:fs";
import path from "node:path";
import type { Logger } from "pino";
import pg from "pg";
import { openDatabase, type Database } from "~db/client.server";
import { startEmbeddedPostgres } from "~db/embedded";
import { ensurePortalDatabase } from "~db/embedded/ensure-portal-database";
import { findRunningPostgres } from "~db/embedded/find-running";
import { isMigrated, migrateDatabase } from "~db/migrate";
import { applicationRoleFault } from "~db/privileges";
import { systemClock } from "~server/clock";
import type { Env } from "~server/env.server";
import { openEvidence } from "~server/evidence/open-evidence.server";
import { DomainError, databaseFault } from "~server/errors.server";
import { createLog } from "~server/log.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { loadPack, type LoadedPack } from "~server/packs/load-pack.server";
import { openShelf, type PackShelf } from "~server/packs/open-shelf.server";
import { PackError } from "~server/packs/pack-error";
import { packFault } from "~server/packs/pack-fault";
import type { Portal } from "~server/portal.server";
import { openKeyring } from "~server/secrecy/keyring.server";
import { databaseLogFault } from "./check-database-log";
import { dropHalfDemo } from "./drop-half-demo";
import { standInPack } from "./stand-in-pack";
import { StartError } from "./start-error";

export type OpenPortal = {
  readonly portal: Portal;
  /** Settles when the embedded database has ended without being asked to; never for an external one. */
  readonly databaseLost: Promise<void>;
  close(): Promise<void>;
};

type Urls = { url: string; migrationUrl: string; ended: Promise<void>; stop(): Promise<void> };

const NEVER = new Promise<void>(() => undefined);

/**
 * Database up, migrated and checked; keys and log at hand. Used by the server and by the command line. `look`: nothing is
 * made or brought up to date; a database that is not there, or of another version, is refused.
 */
export async function openPortal(
  env: Env,
  options: { beside?: boolean; look?: boolean } = {},
): Promise<OpenPortal> {
  const log = createLog(env.logLevel);
  const read = readPack(env);
  if (options.look === true && env.database === null && !existsSync(path.join(env.dataDir, "database")))
    throw new StartError("There is no database in the data folder; nothing was made");
  const urls = env.database
    ? { ...env.database, ended: NEVER, stop: () => Promise.resolve() }
    : await openOwnDatabase(env, options.beside === true);
  try {
    await checkReachable(urls, env.database !== null);
    await (options.look === true ? refuseOtherVersion(urls) : migrate(urls));
    const db = openDatabase(urls.url, {
      onIdleError: (code) => log.warn({ code }, "idle database connection lost"),
    });
    const talkative = await databaseLogFault(db.pool);
    const fault = (await applicationRoleFault(db.pool)) ?? (env.production ? talkative : null);
    if (fault !== null) {
      await db.pool.end();
      throw new StartError(fault);
    }
    if (talkative !== null && options.beside !== true) log.warn(talkative);
    const packs = await openPacks(env, db, read, log).catch(async (error: unknown) => {
      await db.pool.end();
      throw error;
    });
    const mailer = createMailer(env);
    const portal: Portal = {
      ...{ env, db, clock: systemClock, log, keyring: openKeyring(env), packs },
      get pack() {
        return packs.home();
      },
      evidence: openEvidence(env),
      mailer,
    };
    return {
      portal,
      databaseLost: urls.ended,
      close: async () => {
        // A mail under way is noted as sent, or not, before the database goes.
        await mailer.close();
        await db.pool.end();
        await urls.stop();
      },
    };
  } catch (error) {
    await urls.stop();
    throw error;
  }
}

/**
 * The home pack of the data folder, or what is wrong with it: a database that has the pack in force can do without.
 * Where there is no database yet nothing could stand in, and none is made.
 */
function readPack(env: Env): LoadedPack | PackError {
  try {
    return loadPack(env.packId);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    if (env.database === null && !existsSync(path.join(env.dataDir, "database"))) throw refusedPack(error);
    return error;
  }
}

function refusedPack(error: PackError): StartError {
  return new StartError(`PACK: ${error.message.replace(/^pack: /, "")}`);
}

async function openPacks(
  env: Env,
  db: Database,
  read: LoadedPack | PackError,
  log: Logger,
): Promise<PackShelf> {
  if (!(read instanceof PackError)) return openShelf(read);
  const inForce = await standInPack(db, env.packId);
  if (inForce === null) throw refusedPack(read);
  log.error(
    { pack: env.packId, version: inForce.pack.version },
    `the pack in the data folder was refused (${read.message}); starting with the version in force`,
  );
  return openShelf(inForce, packFault(read));
}

const DATABASE = "portal";

/** `beside`: a command uses the server of a portal that runs, and stops only one it started itself. */
async function openOwnDatabase(env: Env, beside: boolean): Promise<Urls> {
  const dataDir = path.join(env.dataDir, "database");
  const running = beside ? findRunningPostgres(dataDir) : null;
  const server = running
    ? { ...running, ended: NEVER, stop: () => Promise.resolve() }
    : await startOwnServer(dataDir);
  const stop = () => server.stop();
  const ensure = () =>
    ensurePortalDatabase(server.superuserUrl, {
      database: DATABASE,
      ownerPassword: server.passwords.owner,
      appPassword: server.passwords.app,
    });
  try {
    let urls = await ensure();
    if (!beside && env.demo && (await dropHalfDemo(server.superuserUrl, urls.migrationUrl, DATABASE))) {
      urls = await ensure();
    }
    return { url: urls.appUrl, migrationUrl: urls.migrationUrl, ended: server.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startOwnServer(dataDir: string) {
  return startEmbeddedPostgres({ dataDir, log: (line) => process.stderr.write(`${line}\n`) }).catch(
    (error: unknown) => {
      throw error instanceof DomainError ? new StartError(error.publicMessage) : error;
    },
  );
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

async function refuseOtherVersion(urls: Urls): Promise<void> {
  if (!(await isMigrated(urls.migrationUrl)))
    throw new StartError("The database is of another version of the portal; it was left as it is");
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
