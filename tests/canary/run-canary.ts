import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { findRunningPostgres } from "~db/embedded/find-running";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { parseEnv } from "~server/env.server";
import { openPortal } from "~server/start/open-portal";
import { StartError } from "~server/start/start-error";
import { dumpDatabase } from "./dump-database";
import { listPatterns, type Searched } from "./list-patterns";
import { liveThrough, type Lived } from "./live";
import { makePlanting, type Planting } from "./plant";
import { searchAreas, type Area, type Found, type SearchedArea } from "./search-areas";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

export type CanarySummary = {
  readonly ok: boolean;
  readonly people: number;
  readonly submitted: number;
  readonly drafts: number;
  readonly byForms: number;
  readonly withdrawn: number;
  readonly leads: number;
  readonly values: number;
  readonly patterns: number;
  readonly encodings: readonly string[];
  readonly searched: readonly SearchedArea[];
  readonly found: readonly Found[];
};

export type CanaryOptions = {
  readonly people: number;
  readonly byForms: number;
  readonly log: (line: string) => void;
};

/**
 * Plays the whole life of many reports against a portal of its own, whose server runs as it does for an operator, and
 * then searches everything a thief of the machine would carry away for anything the reporters said.
 */
export async function runCanary(options: CanaryOptions): Promise<CanarySummary> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), "portal-canary-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through, and to write its dump.
  chmodSync(scratch, 0o711);
  const at = (name: string) => path.join(scratch, name);
  for (const name of ["data", "dump", "seen"]) mkdirSync(at(name));
  chmodSync(at("data"), 0o711);
  chmodSync(at("dump"), 0o777);
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const given = {
    ...{ DATA_DIR: at("data"), PORT: port, DEMO: "on", LOG_LEVEL: "info", NODE_ENV: "development" },
    TRUST_PROXY: "1",
  };
  const planting = makePlanting(options.people);
  options.log("starting the portal");
  const server = await startServer(given, at("seen"));
  try {
    const superuser = findRunningPostgres(path.join(at("data"), "database"))?.superuserUrl ?? "";
    const superuserUrl = new URL(superuser);
    superuserUrl.pathname = "/portal";
    options.log(`${String(options.people)} reports`);
    const lived = await livePortal(given, origin, planting, options.byForms);
    options.log("dumping");
    const { folder } = await clusterOf(superuserUrl.href);
    await dumpDatabase(superuserUrl.href, at("dump"));
    keepProcesses(server.pid, at("seen"));
    lived.pages.forEach((text, number) =>
      writeFileSync(path.join(at("seen"), `page-${String(number)}`), text),
    );
    await server.stop();
    options.log("searching");
    const searched = listPatterns(planting, lived.receipts, lived.claimed);
    if (searched.table.scan(Buffer.from(lived.opened)).length === 0)
      throw new StartError("the search finds nothing at all");
    const areas: Area[] = [
      ["database dump", at("dump")],
      ["data folder, WAL and logs", at("data")],
      ["server output, environment and staff pages", at("seen")],
    ];
    if (!folder.startsWith(at("data"))) areas.push(["database cluster", folder]);
    return summarise(planting, lived, searched, areas);
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function livePortal(
  env: Record<string, string>,
  origin: string,
  planting: Planting,
  byForms: number,
): Promise<Lived> {
  const open = await openPortal(parseEnv(env, ROOT), { beside: true });
  try {
    const lived = await liveThrough(open.portal, origin, planting, byForms);
    // Beside the server's own sealer: the chain is part of what is searched, and must be one.
    await sealEvents(open.portal.db);
    const { fault } = await verifyChain(open.portal.db, []);
    if (fault !== null) throw new StartError(`audit chain: ${fault.what}`);
    return lived;
  } finally {
    await open.close();
  }
}

type RunningServer = { readonly pid: number; stop(): Promise<void> };

async function startServer(env: Record<string, string>, seen: string): Promise<RunningServer> {
  const [out, err] = ["stdout", "stderr"].map((name) => openSync(path.join(seen, name), "a"));
  const child = spawn(process.execPath, ["--import", "tsx", "server/index.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: "development", ...env },
    stdio: ["ignore", out ?? "ignore", err ?? "ignore"],
  });
  for (const handle of [out, err]) if (handle !== undefined) closeSync(handle);
  const over = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (running()) child.kill("SIGTERM");
    await over;
  };
  for (let waited = 0; !/^ready /m.test(readFileSync(path.join(seen, "stdout"), "utf8")); waited += 1) {
    if (!running() || waited > 1200) {
      await stop();
      throw new StartError(`the portal did not start:\n${readFileSync(path.join(seen, "stderr"), "utf8")}`);
    }
    await sleep(100);
  }
  return { pid: child.pid ?? 0, stop };
}

/** The environment and command line of the server and of everything it started, where the system shows them. */
function keepProcesses(pid: number, seen: string): void {
  if (!existsSync("/proc/self/environ")) return;
  for (const process of withChildren(pid)) {
    for (const what of ["environ", "cmdline"]) {
      try {
        const bytes = readFileSync(`/proc/${String(process)}/${what}`);
        writeFileSync(path.join(seen, `${what}-${String(process)}`), bytes);
      } catch (error) {
        // A database session may end meanwhile; the server itself must be seen.
        if (process === pid) throw error;
      }
    }
  }
}

function withChildren(pid: number): number[] {
  const parents = readdirSync("/proc").flatMap((name): [number, number][] => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
    } catch {
      return [];
    }
  });
  const found = [pid];
  for (let at = 0; at < found.length; at += 1)
    found.push(...parents.filter(([, parent]) => parent === found[at]).map(([child]) => child));
  return found;
}

async function clusterOf(superuserUrl: string): Promise<{ folder: string }> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(
    "select current_setting('data_directory') as folder",
  );
  await client.end();
  return { folder: rows[0]?.folder ?? "" };
}

function summarise(
  planting: Planting,
  lived: Lived,
  searched: Searched,
  areas: readonly Area[],
): CanarySummary {
  const { found, counted } = searchAreas(planting, searched, areas);
  const { submitted, drafts, byForms, withdrawn, leads } = lived;
  return {
    ok: found.length === 0,
    people: planting.people,
    ...{ submitted, drafts, byForms, withdrawn, leads },
    values: searched.values,
    patterns: searched.table.size(),
    encodings: searched.encodings,
    searched: counted,
    found,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
