import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { findRunningPostgres } from "~db/embedded/find-running";
import { parseEnv } from "~server/env.server";
import { openPortal } from "~server/start/open-portal";
import { startPortal } from "~tests/browser/portal";
import { liveThrough } from "./live-through";
import { makeSearcher } from "./search-bytes";
import {
  searchEnvironment,
  searchFile,
  searchFolder,
  searchTables,
  startSearch,
  type Finding,
} from "./search-places";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type CanaryReport = {
  readonly people: number;
  /** Forms of planted values that were searched for. */
  readonly patterns: number;
  readonly places: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Places in which the platforms' name was found, which is stored in the open: the search does see. */
  readonly controls: number;
};

const CONTROL = "control";

/**
 * Plants reporters on a portal of its own, lets the whole life of a tip pass, and searches everything a thief of the
 * server would hold: each table, the database's folder with its WAL, the log, the data folder and the environment.
 */
export async function runCanary(people: number): Promise<CanaryReport> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "portal-canary-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(dataDir, 0o711);
  const seed = randomBytes(3).toString("hex");
  const server = await startPortal({
    name: "canary",
    env: { DATA_DIR: dataDir, LOG_LEVEL: "info", TRUST_PROXY: "1" },
    stopWithin: 60_000,
  });
  let running = true;
  try {
    const given = {
      NODE_ENV: "development",
      DATA_DIR: dataDir,
      TRUST_PROXY: "1",
      PORT: new URL(server.origin).port,
      PUBLIC_ORIGIN: server.origin,
    };
    const open = await openPortal(parseEnv(given, ROOT), { beside: true });
    const patterns = await liveThrough(open.portal, seed, people).finally(() => open.close());
    const control = { bytes: Buffer.from(`试验平台${seed}`), what: CONTROL };
    const searcher = makeSearcher([...patterns, control]);
    const searched = startSearch();
    searchEnvironment(searcher, server.pid, searched);
    await dump(dataDir, (owner) => searchTables(searcher, owner, searched));
    running = false;
    await server.stop();
    await searchFolder(searcher, dataDir, searched);
    await searchFile(searcher, server.logFile, searched);
    const seen = searched.findings.filter(({ found }) => found.includes(CONTROL));
    const findings = searched.findings.flatMap(({ place, found }) => {
      const planted = found.filter((what) => what !== CONTROL);
      return planted.length === 0 ? [] : [{ place, found: planted }];
    });
    return { ...searched, people, patterns: patterns.length, findings, controls: seen.length };
  } finally {
    if (running) await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function dump(dataDir: string, work: (owner: pg.Pool) => Promise<void>): Promise<void> {
  const running = findRunningPostgres(path.join(dataDir, "database"));
  if (running === null) throw new Error("the portal's database does not run");
  const url = new URL(running.superuserUrl);
  url.pathname = "/portal";
  const owner = new pg.Pool({ connectionString: url.href, max: 1 });
  try {
    await work(owner);
  } finally {
    await owner.end();
  }
}
