import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, describe, expect, inject, it } from "vitest";
import { APPLICATION, OWNER, databaseUrl } from "~tests/setup/start-test-cluster";
import { withActor } from "~db/with-actor.server";
import { parseEnv } from "~server/env.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack } from "~server/start/install-pack.server";
import { openPortal } from "~server/start/open-portal";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const test = testDatabase();
const scratch = mkdtempSync(path.join(tmpdir(), "portal-start-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the server and waits for it to give up. */
function start(
  env: Record<string, string>,
): Promise<{ code: number | null; stderr: string; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "server/index.ts"], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "test",
        PORT: "0",
        DATA_DIR: path.join(scratch, "data"),
        ...env,
      },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function occupy(): Promise<{ server: Server; port: string }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: String(typeof address === "object" ? address?.port : 0) });
    });
  });
}

async function freePort(): Promise<string> {
  const { server, port } = await occupy();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const external = () => ({ DATABASE_URL: test.applicationUrl, MIGRATION_DATABASE_URL: test.migrationUrl });

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.toString();
}

describe("a start that cannot be", () => {
  it("says in one line that the port is taken, and has not touched the data folder", async () => {
    const { server, port } = await occupy();
    const dataDir = path.join(scratch, "untouched");
    const ended = await start({ PORT: port, DATA_DIR: dataDir });
    server.close();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      `PORT: port ${port} is taken by another program; stop it or set PORT to a free port\n`,
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  it("names a wrong setting", async () => {
    const ended = await start({ PORT: "eighty" });
    expect([ended.code, ended.stderr.split("\n").length, ended.stderr.startsWith("PORT: ")]).toEqual([
      1,
      2,
      true,
    ]);
  });

  it("says that the database cannot be reached", async () => {
    const nowhere = `postgres://app:secret-of-ours@127.0.0.1:${await freePort()}/portal`;
    const ended = await start({
      PORT: await freePort(),
      DATABASE_URL: nowhere,
      MIGRATION_DATABASE_URL: nowhere,
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^MIGRATION_DATABASE_URL: the database server cannot be reached[^\n]*\n$/);
    expect(ended.stderr).not.toContain("secret-of-ours");
  });

  it("refuses an application role that owns the tables", async () => {
    const ended = await start({ PORT: await freePort(), ...external(), DATABASE_URL: test.migrationUrl });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^DATABASE_URL: role "[a-z_]+" owns \d+ relations; use a role that owns nothing\n$/,
    );
  });

  it("refuses a superuser", async () => {
    const superuser = new URL(inject("clusterUrl"));
    superuser.pathname = new URL(test.applicationUrl).pathname;
    const ended = await start({ PORT: await freePort(), ...external(), DATABASE_URL: superuser.toString() });
    expect(ended.stderr).toMatch(/^DATABASE_URL: role "[a-z_]+" is a superuser[^\n]*\n$/);
  });

  it("does not know a pack nobody wrote", async () => {
    const ended = await start({ PORT: await freePort(), ...external(), PACK: "atlantis" });
    expect([ended.code, ended.stderr.startsWith("PACK: ")]).toEqual([1, true]);
  });

  it("starts with the version in force where the data folder's pack is refused, and says so", async () => {
    const migrated = testPortal(test.db);
    const id = "lost-pack";
    const stored = { ...migrated.pack.pack, id };
    await withActor(test.db, systemActor("start"), (tx) =>
      installPack(tx, { pack: stored, sha256: migrated.pack.sha256 }),
    );
    const env = parseEnv(
      { NODE_ENV: "test", DATA_DIR: scratch, LOG_LEVEL: "fatal", PACK: id, ...external() },
      ROOT,
    );
    const open = await openPortal(env);
    expect(open.portal.pack.pack).toMatchObject({ id, version: stored.version });
    expect(open.portal.packs.refused).toMatchObject({ file: null, path: "pack", rule: null });
    expect(open.portal.packs.refused?.message).toMatch(/^unknown pack "lost-pack"/);
    await open.close();
  });

  it("leaves the database as it was when a migration fails half-way", async () => {
    const name = `half_${process.pid}`;
    const server = new pg.Client({ connectionString: inject("clusterUrl") });
    await server.connect();
    await server.query(`create database ${name} owner ${OWNER.user}`);
    const urls = [APPLICATION, OWNER].map((role) => databaseUrl(inject("clusterUrl"), name, role));
    const owner = new pg.Client({ connectionString: urls[1] });
    await owner.connect();
    // The last migration meets a table that is in its way.
    await owner.query("create table payouts (id int)");
    const ended = await start({
      PORT: await freePort(),
      DATABASE_URL: urls[0] ?? "",
      MIGRATION_DATABASE_URL: urls[1] ?? "",
    });
    const { rows } = await owner.query<{ tablename: string }>(
      "select tablename from pg_tables where schemaname = 'public'",
    );
    await owner.end();
    await server.query(`drop database ${name} with (force)`);
    await server.end();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^The database could not be brought up to date \(42P07\); it was left as it was[^\n]*\n$/,
    );
    expect(rows).toEqual([{ tablename: "payouts" }]);
  });

  it("says that a password is wrong without showing it", async () => {
    const ended = await start({
      PORT: await freePort(),
      DATABASE_URL: withPassword(test.applicationUrl, "wrong-one"),
      MIGRATION_DATABASE_URL: withPassword(test.migrationUrl, "wrong-one"),
    });
    // A server that trusts loopback takes any password; then there is nothing to refuse.
    if (ended.code === 1)
      expect(ended.stderr).toMatch(/^MIGRATION_DATABASE_URL: the server refuses this user/);
    expect(ended.stderr).not.toContain("wrong-one");
  });
});
