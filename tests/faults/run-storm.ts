import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { openDatabase, type Database } from "~db/client.server";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "~db/embedded";
import { migrateDatabase } from "~db/migrate";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { makeStaff } from "~tests/factories/make-staff";
import { openWindow } from "~tests/factories/pay-window";
import { makePayoutDesk } from "~tests/payouts/payout-desk";
import { asPortal } from "~tests/setup/database";
import { APPLICATION, OWNER, databaseUrl } from "~tests/setup/start-test-cluster";
import { findBrokenRules } from "./fast-invariants";
import { effectOf, readLog, type LogLine } from "./story";
import type { Stage } from "./storm-worker";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PLENTY_FEN = 10_000_000_000_000n;
const LANES = 6;
/** How many of the last told acts are looked up after each kill; all of them with each whole verification. */
const LOOK_BACK = 60;

export type StormReport = {
  readonly kills: Readonly<Record<string, number>>;
  /** Acts the worker was answered, and how many of them only on a later try than the first life that asked. */
  readonly told: number;
  readonly toldAfterRestart: number;
  readonly stories: number;
  readonly verifications: number;
  readonly seconds: number;
  /** Where the seconds went. */
  readonly spent: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
};

type Kill = "app" | "backend" | "server_stop" | "server_kill" | "both";
const KILLS: readonly Kill[] = [
  "app",
  "app",
  "app",
  "app",
  "backend",
  "backend",
  "backend",
  "server_stop",
  "server_kill",
  "both",
];

/**
 * Kills a worker and its PostgreSQL `kills` times at random moments under `folder`, and looks after each whether what the
 * worker told is there, once, and whether the books hold. `onProgress` hears one line now and then. Never throws for a
 * fault of the books: the report names them.
 */
export async function runStorm(
  folder: string,
  {
    kills,
    verifyEvery = 20,
    onProgress = () => undefined,
  }: {
    readonly kills: number;
    readonly verifyEvery?: number;
    readonly onProgress?: (line: string) => void;
  },
): Promise<StormReport> {
  const began = Date.now();
  const start = (port?: number) =>
    startEmbeddedPostgres({ dataDir: path.join(folder, "pg"), durable: true, log: () => undefined, port });
  let server = await start();
  const url = await prepare(server);
  const stagePath = path.join(folder, "stage.json");
  const look = new pg.Pool({ connectionString: url, max: 3 });
  look.on("error", () => undefined);
  look.on("connect", (client) => client.on("error", () => undefined));
  const db: Database = { ...openDatabase(url, { max: 4 }) };
  const stage = await setStage(db, url, path.join(folder, "told.log"));
  writeFileSync(stagePath, JSON.stringify(stage));
  const done: Record<string, number> = {};
  const faults: string[] = [];
  let verifications = 0;
  const spent: Record<string, number> = {};
  const timed = async <T>(on: string, work: Promise<T>): Promise<T> => {
    const from = Date.now();
    const result = await work;
    spent[on] = (spent[on] ?? 0) + (Date.now() - from) / 1000;
    return result;
  };
  const note = (at: number, how: string, found: readonly string[]) => {
    faults.push(...found.map((fault) => `kill ${at} (${how}): ${fault}`));
  };
  let worker = startWorker(stagePath, folder);
  try {
    for (let at = 1; at <= kills && faults.length < 5; at += 1) {
      await timed("work", progressed(stage.log, worker, 1 + Math.floor(Math.random() * 12)));
      await sleep(Math.random() * 250);
      const how = KILLS[Math.floor(Math.random() * KILLS.length)] ?? "app";
      if (how === "app" || how === "both") await killWorker(worker);
      if (how === "backend") await killBackend(look);
      if (how === "server_stop" || how === "server_kill" || how === "both") {
        process.kill(server.pid, how === "server_stop" ? "SIGQUIT" : "SIGKILL");
        await timed("stop", server.ended);
        await server.stop();
        server = await timed("start", start(server.port));
      }
      if (worker.exitCode !== null || worker.signalCode !== null) {
        if (how !== "app" && how !== "both") note(at, how, [`the worker ended by itself (see ${folder})`]);
        worker = startWorker(stagePath, folder);
      }
      done[how] = (done[how] ?? 0) + 1;
      await timed("recover", answers(look));
      const whole = at % verifyEvery === 0 || at === kills;
      note(at, how, await timed("lost", findLost(look, readLog(stage.log), whole ? Infinity : LOOK_BACK)));
      note(at, how, await timed("rules", findBrokenRules(look)));
      if (whole && at !== kills) {
        note(at, how, await timed("verify", verify(db)));
        verifications += 1;
        onProgress(
          `${at} kills, ${countTold(readLog(stage.log))} acts told, ${faults.length} faults, ${JSON.stringify(spent)}`,
        );
      }
    }
    await killWorker(worker);
    await answers(look);
    note(kills, "end", await findBrokenRules(look));
    note(kills, "end", await findLost(look, readLog(stage.log), Infinity));
    note(kills, "end", await verify(db));
    verifications += 1;
  } finally {
    await killWorker(worker);
    await Promise.all([look.end(), db.pool.end()]).catch(() => undefined);
    await server.stop();
  }
  const log = readLog(stage.log);
  return {
    kills: done,
    told: countTold(log),
    toldAfterRestart: log.filter(({ act, facts, phase }) => phase === "told" && `${act}_again` in facts)
      .length,
    stories: new Set(log.map(({ story }) => story)).size,
    verifications,
    seconds: Math.round((Date.now() - began) / 1000),
    spent: Object.fromEntries(Object.entries(spent).map(([on, each]) => [on, Math.round(each)])),
    faults,
  };
}

async function prepare(server: EmbeddedPostgres): Promise<string> {
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  for (const { user, password } of [OWNER, APPLICATION])
    await client.query(`create role ${user} login password '${password}'`);
  await client.query(`create database storm owner ${OWNER.user}`);
  await client.end();
  await migrateDatabase(databaseUrl(server.superuserUrl, "storm", OWNER), APPLICATION.user);
  return asPortal(databaseUrl(server.superuserUrl, "storm", APPLICATION));
}

async function setStage(db: Database, url: string, log: string): Promise<Stage> {
  const desk = await makePayoutDesk(db, PLENTY_FEN);
  const clerk = await makeStaff(db, ["window_clerk"]);
  const windowId = await openWindow(db, desk, 100_000_000_000n);
  const { fundId, budgetId } = desk;
  return {
    ...{ url, log, lanes: LANES, fundId, budgetId, windowId },
    people: {
      preparer: desk.preparer.actor,
      reviewer: desk.reviewer.actor,
      approver: desk.approver.actor,
      cashier: desk.cashier.actor,
      second: desk.second.actor,
      clerk: clerk.actor,
    },
  };
}

function startWorker(stagePath: string, folder: string): ChildProcess {
  const err = openSync(path.join(folder, "worker.err"), "a", 0o600);
  return spawn(process.execPath, ["--import", "tsx", "tests/faults/storm-worker.ts", stagePath], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: "development" },
    stdio: ["ignore", "ignore", err],
  });
}

async function killWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = once(worker, "exit");
  worker.kill("SIGKILL");
  await exit;
}

/** A process of the server that serves the worker, busy if there is one: PostgreSQL then ends all and recovers. */
async function killBackend(look: pg.Pool): Promise<void> {
  const watcher = await look.connect();
  // Not events.once, which takes the error that comes before for its own.
  const ended = new Promise((resolve) => watcher.once("end", resolve));
  const { rows } = await watcher.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = 'storm' and pid <> pg_backend_pid() and application_name = 'portal'
      order by (state <> 'idle') desc, random() limit 1`,
  );
  const pid = rows[0]?.pid;
  if (pid !== undefined) {
    process.kill(pid, "SIGKILL");
    // Until PostgreSQL has seen it, it answers others as if nothing were.
    await ended;
  }
  watcher.release(pid !== undefined);
}

/** Waits until the worker was answered `more` acts, so that no kill falls on an idle worker; ends where the worker did. */
async function progressed(log: string, worker: ChildProcess, more: number): Promise<void> {
  const before = countTold(readLog(log));
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (countTold(readLog(log)) >= before + more || worker.exitCode !== null) return;
    await sleep(50);
  }
  throw new Error("the worker gets nothing done");
}

/** Waits until PostgreSQL answers again. */
async function answers(look: pg.Pool): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await look.query("select 1");
      return;
    } catch (error) {
      if (tries > 600) throw error;
      await sleep(50);
    }
  }
}

const countTold = (log: readonly LogLine[]) => log.filter(({ phase }) => phase === "told").length;

/** Acts that were told and are not there once, refusals nobody expects, and acts that took effect more than once. */
async function findLost(look: pg.Pool, log: readonly LogLine[], back: number): Promise<string[]> {
  const found = log
    .filter(({ phase }) => phase === "refused")
    .map(({ act, facts }) => `${act} was refused: ${facts.code ?? ""} (${facts.times ?? ""} effects)`);
  const told = log.filter(({ phase }) => phase === "told").slice(-back);
  for (const { act, facts, story } of told) {
    const effect = effectOf(act, facts);
    if (effect === null) continue;
    const { rows } = await look.query<{ n: number }>(effect.text, effect.values);
    if (rows[0]?.n !== 1) found.push(`${act} of ${story} was told and took effect ${rows[0]?.n ?? 0} times`);
  }
  return found;
}

async function verify(db: Database): Promise<string[]> {
  const { faults } = await verifyLedger(db);
  return faults.map((fault) => JSON.stringify(fault));
}
