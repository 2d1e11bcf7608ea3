import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "~db/embedded";
import { ensurePortalDatabase, type PortalUrls } from "~db/embedded/ensure-portal-database";
import { ask } from "./in-temp-folder";

const dataDir = mkdtempSync(join(tmpdir(), "embedded-"));
let server: EmbeddedPostgres;
let portal: PortalUrls;

const ensure = (database: string, template?: string) =>
  ensurePortalDatabase(server.superuserUrl, {
    database,
    template,
    ownerPassword: server.passwords.owner,
    appPassword: server.passwords.app,
  });

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir, durable: false, log: () => undefined });
  portal = await ensure("portal");
  await ask(portal.migrationUrl, "CREATE TABLE tip (id int PRIMARY KEY, fact text CHECK (fact <> ''))");
  await ask(portal.migrationUrl, "GRANT SELECT, INSERT ON tip TO portal_app");
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const DENIED = { code: "42501" };

test("the application's role reads and writes what it was granted, and nothing else", async () => {
  await ask(portal.appUrl, "INSERT INTO tip VALUES (1, 'a fact')");
  expect(await ask(portal.appUrl, "SELECT fact FROM tip WHERE id = 1")).toEqual({ fact: "a fact" });
  await expect(ask(portal.appUrl, "DELETE FROM tip")).rejects.toMatchObject(DENIED);
});

test.each([
  ["a table", "CREATE TABLE mine (id int)"],
  ["a temporary table", "CREATE TEMPORARY TABLE mine (id int)"],
  ["a schema", "CREATE SCHEMA mine"],
  ["a function", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  ["a database", "CREATE DATABASE mine"],
  ["a role", "CREATE ROLE mine"],
  ["the owner's role", "SET ROLE portal_owner"],
  ["a quieter log", "SET log_error_verbosity = 'verbose'"],
])("the application's role cannot make or take %s", async (_what, sql) => {
  await expect(ask(portal.appUrl, sql)).rejects.toMatchObject(DENIED);
});

test("the application's role owns nothing and cannot step around row-level security", async () => {
  const attributes = await ask(
    portal.appUrl,
    `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
       (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
     FROM pg_roles r WHERE rolname = current_user`,
  );
  expect(new Set(Object.values(attributes as Record<string, unknown>))).toEqual(new Set([false, 0]));
});

test("the application's role cannot enter the other databases", async () => {
  for (const database of ["postgres", "template1"]) {
    const url = portal.appUrl.replace(/\/portal$/, `/${database}`);
    await expect(ask(url, "SELECT 1")).rejects.toMatchObject(DENIED);
  }
});

test("the owner's role can add the extensions the project uses, and owns its database", async () => {
  await ask(portal.migrationUrl, "CREATE EXTENSION pg_trgm");
  await ask(portal.migrationUrl, "CREATE EXTENSION pgcrypto");
  const owner = await ask(
    portal.migrationUrl,
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'portal'",
  );
  expect(owner).toEqual({ owner: "portal_owner" });
});

test("preparing again, or from several processes at once, changes nothing", async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => ensure("portal")));
  for (const urls of all) expect(urls).toEqual(portal);
  expect(await ask(portal.appUrl, "SELECT count(*)::int AS tips FROM tip")).toEqual({ tips: 1 });
});

test("a database copied from a template has its tables and the same refusals", async () => {
  const copy = await ensure("copy'of\"portal", "portal");
  expect(await ask(copy.appUrl, "SELECT fact FROM tip")).toEqual({ fact: "a fact" });
  await expect(ask(copy.appUrl, "CREATE TEMPORARY TABLE mine (id int)")).rejects.toMatchObject(DENIED);
});

test("no rejected value or statement reaches the server's log", async () => {
  const canary = "canary_7f3a91";
  await ask(portal.migrationUrl, "CREATE TABLE secret (word text UNIQUE CHECK (length(word) < 20))");
  await ask(portal.migrationUrl, "INSERT INTO secret VALUES ($1)", [canary]);
  const rejected: [string, unknown[]?][] = [
    ["INSERT INTO secret VALUES ($1)", [canary]],
    ["INSERT INTO secret VALUES ($1)", [`${canary}${canary}`]],
    ["SELECT $1::int", [canary]],
    [`SELEC ${canary}`],
    [`SELECT * FROM ${canary}`],
    [`SELECT '${canary}'::timestamptz`],
    [`DO $$ BEGIN RAISE WARNING '${canary}'; RAISE EXCEPTION '${canary}' USING DETAIL = '${canary}'; END $$`],
    [`SET statement_timeout = 20; SELECT pg_sleep(1), '${canary}'`],
  ];
  for (const [sql, values] of rejected) {
    await expect(ask(portal.migrationUrl, sql, values), sql).rejects.toHaveProperty("code");
    await expect(ask(server.superuserUrl, sql, values), sql).rejects.toHaveProperty("code");
  }
  const log = readFileSync(server.logFile, "utf8");
  expect(log).toContain("ready to accept connections");
  expect(log).not.toContain(canary);
  expect(log).not.toContain("ERROR");
});

test("a session killed while it holds a statement leaves no word of it in the log", async () => {
  const canary = "canary_c0ffee";
  const sleeping = ask(portal.migrationUrl, `SELECT pg_sleep(30), '${canary}'`).catch(
    (error: unknown) => error,
  );
  const find =
    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' AND state = 'active'";
  let row: unknown;
  while (row === undefined) row = await ask(server.superuserUrl, find);
  // As when the system runs out of memory; PostgreSQL then reports what the session was doing.
  process.kill((row as { pid: number }).pid, "SIGKILL");
  expect(await sleeping).toBeInstanceOf(Error);
  const recovered = () => ask(server.superuserUrl, "SELECT 1 AS one").catch(() => undefined);
  while ((await recovered()) === undefined) await setTimeout(20);
  const log = readFileSync(server.logFile, "utf8");
  expect(log).toContain("terminated by signal 9");
  expect(log).not.toContain(canary);
});
