import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "~db/embedded";
import { processIdentity } from "~server/cli/bootstrap/process-identity.mjs";
import { ask, closedFolder, isRoot, startFor } from "./in-temp-folder";

const sharedDir = mkdtempSync(join(tmpdir(), "embedded-"));
let shared: EmbeddedPostgres;

beforeAll(async () => {
  // What a first start leaves that is cut off while it makes the cluster.
  mkdirSync(join(sharedDir, "postgres.new-dead", "cluster", "base"), { recursive: true });
  shared = await startEmbeddedPostgres({ dataDir: sharedDir, durable: false, log: () => undefined });
});

afterAll(async () => {
  await shared.stop();
  rmSync(sharedDir, { recursive: true, force: true });
});

test("the first start makes the cluster and the second keeps its data and passwords", async () => {
  const dataDir = closedFolder();
  const first = await startFor(dataDir);
  expect(first.folder).toBe(dataDir);
  await ask(first.superuserUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
  await first.stop();
  const second = await startFor(dataDir);
  expect(await ask(second.superuserUrl, "SELECT answer FROM kept")).toEqual({ answer: 42 });
  expect(second.passwords).toEqual(first.passwords);
});

test("text sorts and folds the same on every machine, and nothing listens beyond the loopback", async () => {
  const row = await ask(
    shared.superuserUrl,
    `SELECT datlocprovider::text AS provider, datlocale AS locale, pg_encoding_to_char(encoding) AS encoding,
       lower('ÄÖ') AS folded, current_setting('listen_addresses') AS addresses,
       current_setting('unix_socket_directories') AS sockets, current_setting('TimeZone') AS zone
     FROM pg_database WHERE datname = 'template1'`,
  );
  expect(row).toEqual({
    provider: "b",
    locale: "C.UTF-8",
    encoding: "UTF8",
    folded: "äö",
    addresses: "127.0.0.1",
    sockets: "",
    zone: "UTC",
  });
});

test("passwords are random and in a file only its account can read, and a wrong one is refused", async () => {
  const file = join(shared.folder, "postgres", "passwords.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const secrets = Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
  expect(new Set(secrets).size).toBe(3);
  for (const secret of secrets) expect(secret).toHaveLength(32);
  const guess = shared.superuserUrl.replace(/:[^:@]+@/, ":postgres@");
  await expect(ask(guess, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
});

test("an interrupted first start is begun anew", () => {
  expect(readdirSync(shared.folder).filter((entry) => entry.startsWith("postgres.new-"))).toEqual([]);
});

test("a second instance is refused; after a kill the orphan is stopped and the data are there", async () => {
  const dataDir = closedFolder();
  const holder = await holdServer(dataDir);
  await expect(startFor(dataDir)).rejects.toMatchObject({
    code: "database_in_use",
    publicMessage: `已有一个实例（进程 ${holder.pid}）在使用数据文件夹 ${dataDir}；请先停止它。`,
  });
  await holder.kill();
  expect(processIdentity(holder.postmaster)).not.toBeNull();

  const said: string[] = [];
  const server = await startFor(dataDir, { log: (line) => said.push(line) });
  expect(said).toEqual([`停止上次遗留的 PostgreSQL（进程 ${holder.postmaster}）。`]);
  expect(processIdentity(holder.postmaster)).toBeNull();
  await ask(server.superuserUrl, "CREATE TABLE kept AS SELECT 1 AS one");
  await server.stop();

  const again = await holdServer(dataDir);
  await again.kill();
  process.kill(again.postmaster, "SIGKILL");
  const afterAll = await startFor(dataDir);
  expect(await ask(afterAll.superuserUrl, "SELECT one FROM kept")).toEqual({ one: 1 });
});

test("a lock or postmaster.pid whose number now belongs to another process does not stop a start", async () => {
  const dataDir = closedFolder();
  await (await startFor(dataDir)).stop();
  writeFileSync(
    join(dataDir, "postgres.lock.90"),
    JSON.stringify({ pid: process.pid, identity: "another life" }),
  );
  const pidFile = join(dataDir, "postgres", "cluster", "postmaster.pid");
  writeFileSync(pidFile, `${process.pid}\n${join(dataDir, "postgres", "cluster")}\n0\n5432\n\n\n\n`);
  const server = await startFor(dataDir);
  expect(await ask(server.superuserUrl, "SELECT 1 AS one")).toEqual({ one: 1 });
});

test("a port that is taken is an error in one sentence, and the folder stays free", async () => {
  const dataDir = closedFolder();
  await expect(startFor(dataDir, { port: shared.port })).rejects.toMatchObject({
    code: "database_start_failed",
    publicMessage: expect.stringMatching(/^内置 PostgreSQL 启动失败：.+$/) as string,
  });
  const server = await startFor(dataDir);
  expect(server.port).not.toBe(shared.port);
  await Promise.all([server.stop(), server.stop()]);
  await server.ended;
  expect(processIdentity(server.pid)).toBeNull();
});

test("a data folder that cannot be made is refused", async () => {
  const file = join(closedFolder(), "file");
  writeFileSync(file, "");
  await expect(startFor(join(file, "data"))).rejects.toMatchObject({ code: "database_no_place" });
});

test("data in a folder PostgreSQL's account cannot enter lie elsewhere and are found again", async () => {
  const dataDir = join(closedFolder(), "data");
  const first = await startFor(dataDir);
  // Only root runs PostgreSQL under another account.
  expect(first.folder === dataDir).toBe(!isRoot);
  if (isRoot) onTestFinished(() => rmSync(first.folder, { recursive: true, force: true }));
  await ask(first.superuserUrl, "CREATE TABLE kept AS SELECT 1 AS one");
  await first.stop();
  const second = await startFor(dataDir);
  expect(second.folder).toBe(first.folder);
  expect(await ask(second.superuserUrl, "SELECT one FROM kept")).toEqual({ one: 1 });
  await second.stop();
  if (isRoot) {
    rmSync(first.folder, { recursive: true });
    await expect(startFor(dataDir)).rejects.toMatchObject({ code: "database_folder_missing" });
  }
});

async function holdServer(dataDir: string) {
  const script = fileURLToPath(new URL("./hold-server.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return { pid: child.pid, postmaster: Number(line.toString()), kill };
}
