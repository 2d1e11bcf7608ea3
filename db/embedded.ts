import { accessSync, constants, existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { DomainError } from "~server/errors.server";
import { takeLock } from "~server/cli/bootstrap/take-lock.mjs";
import { findBinaries } from "./embedded/find-binaries";
import { clusterPath, initCluster, passwordsPath, type Passwords } from "./embedded/init-cluster";
import { pickAccount } from "./embedded/pick-account";
import { placeFolder, readPlace } from "./embedded/place-folder";
import { startPostmaster } from "./embedded/start-postmaster";
import { clearOrphan, stopPostmaster } from "./embedded/stop-postmaster";

export type EmbeddedOptions = {
  /** Made on first start; later starts find their data in it. */
  dataDir: string;
  /** Told, in whole sentences without secrets, of what an operator should know. */
  log: (line: string) => void;
  /** On 127.0.0.1; a free one unless given. */
  port?: number;
  /** False for tests: data may be lost when the machine (not the process) stops. */
  durable?: boolean;
};

export type EmbeddedPostgres = {
  /** Administers the cluster; the application never gets it (see ensurePortalDatabase). */
  superuserUrl: string;
  port: number;
  pid: number;
  /** Where the data really are: `dataDir`, or the folder its pointer names. */
  folder: string;
  logFile: string;
  /** For ensurePortalDatabase; kept beside the cluster in a file only this account can read. */
  passwords: Pick<Passwords, "owner" | "app">;
  /** Settles when the server has ended, asked or not. */
  ended: Promise<void>;
  /** Fast shutdown, immediate after 10 s; safe to call again. */
  stop(): Promise<void>;
};

/**
 * Starts the PostgreSQL that ships with the project's packages on `dataDir`, making the cluster on
 * first use and clearing up after a killed run. Nothing is left to exit hooks: the caller stops it.
 * Throws DomainError `database_in_use` when another living process holds the folder, and other
 * `database_…` codes, each with a sentence to show, when it cannot start.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, durable = true } = options;
  const dataDir = makeDataDir(options.dataDir);
  const account = pickAccount(clusterPath(readPlace(dataDir)));
  const folder = placeFolder(dataDir, account, log);
  refuseForeign(folder, dataDir);
  const lock = takeLock(folder, "postgres");
  if (!lock.taken) {
    throw new DomainError(
      "database_in_use",
      409,
      `已有一个实例（进程 ${lock.pid}）在使用数据文件夹 ${dataDir}；请先停止它。`,
    );
  }
  try {
    const bin = findBinaries(folder, account);
    const { clusterDir, passwords } = await initCluster(folder, bin, account, durable);
    await clearOrphan(clusterDir, log);
    const logFile = join(folder, "postgres.log");
    const { port } = options;
    const server = await startPostmaster({ bin, clusterDir, account, logFile, durable, port });
    let stopping: Promise<void> | undefined;
    let over = false;
    void server.ended.then(() => (over = true));
    const stop = async () => {
      // Once it has ended, its pid may be another process's.
      if (!over) await stopPostmaster(server.pid);
      lock.release();
    };
    return {
      superuserUrl: `postgres://postgres:${passwords.superuser}@127.0.0.1:${server.port}/postgres`,
      port: server.port,
      pid: server.pid,
      folder,
      logFile,
      passwords: { owner: passwords.owner, app: passwords.app },
      ended: server.ended,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeDataDir(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return realpathSync(path);
  } catch {
    throw new DomainError("database_no_place", 500, `建不了数据文件夹 ${path}：请检查其上级文件夹的权限。`);
  }
}

/** An ordinary user cannot go on with data that root, or somebody else, began. */
function refuseForeign(folder: string, dataDir: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const passwords = passwordsPath(folder);
    if (existsSync(passwords)) accessSync(passwords, constants.R_OK);
  } catch {
    throw new DomainError(
      "database_foreign",
      500,
      `数据文件夹 ${dataDir} 属于另一个账户（也许上次是以 root 启动的）；请用那个账户启动，或换一个数据文件夹。`,
    );
  }
}
