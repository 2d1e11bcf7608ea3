import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { databaseLogFault, findTalkativeSetting } from "~server/start/check-database-log";
import { serverArguments } from "~db/embedded/settings";
import { runScript } from "~tests/setup/run-script";
import { APPLICATION } from "~tests/setup/start-test-cluster";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
let superuser: pg.Client;
const database = () => new URL(test.applicationUrl).pathname.slice(1);

beforeAll(async () => {
  superuser = new pg.Client({ connectionString: inject("clusterUrl") });
  await superuser.connect();
});
afterAll(() => superuser.end());

/** A new session of the application, as a start opens it. */
async function faultOfNewSession(): Promise<string | null> {
  const pool = new pg.Pool({ connectionString: test.applicationUrl, max: 1 });
  try {
    return await databaseLogFault(pool);
  } finally {
    await pool.end();
  }
}

const QUIET = [
  ["log_error_verbosity", "terse"],
  ["log_min_error_statement", "panic"],
  ["log_min_messages", "log"],
  ["log_statement", "none"],
  ["log_min_duration_statement", "-1"],
  ["log_min_duration_sample", "-1"],
  ["log_transaction_sample_rate", "0"],
  ["log_duration", "off"],
  ["log_parameter_max_length", "0"],
  ["log_parameter_max_length_on_error", "0"],
  ["debug_print_parse", "off"],
  ["debug_print_rewritten", "off"],
  ["debug_print_plan", "off"],
] as const;
const settings = (over: Record<string, string> = {}) =>
  Object.entries({ ...Object.fromEntries(QUIET), ...over }).map(([name, setting]) => ({ name, setting }));

describe("PostgreSQL's own log", () => {
  it("of the embedded server has every setting that keeps it quiet", async () => {
    const given = serverArguments("/data", 5432, true);
    for (const [name, value] of QUIET) expect(given).toContain(`${name}=${value}`);
    expect(await faultOfNewSession()).toBeNull();
  });

  it.each([
    ["log_error_verbosity", "default", "terse"],
    ["log_min_error_statement", "error", "panic"],
    ["log_min_messages", "warning", "log"],
    ["log_statement", "ddl", "none"],
    ["log_min_duration_statement", "0", "-1"],
    ["log_min_duration_sample", "100", "-1"],
    ["log_transaction_sample_rate", "0.5", "0"],
    ["log_duration", "on", "off"],
    ["log_parameter_max_length", "-1", "0"],
    ["log_parameter_max_length_on_error", "64", "0"],
    ["debug_print_plan", "on", "off"],
    ["debug_print_raw_parse", "on", "off"],
    ["auto_explain.log_min_duration", "0", "-1"],
    ["pgaudit.log", "write", "none"],
  ])("is refused with %s = %s, naming the value wanted", (name, value, wanted) => {
    const said = findTalkativeSetting(settings({ [name]: value }));
    expect(said).toMatch(/^DATABASE_URL: /);
    expect(said).toContain(`${name} is "${value}", set it to "${wanted}"`);
  });

  it("is fine without the extensions that would print statements, or with them off", () => {
    expect(findTalkativeSetting(settings())).toBeNull();
    expect(findTalkativeSetting(settings({ "auto_explain.log_min_duration": "-1" }))).toBeNull();
  });

  it("is seen as the application's role and database have it", async () => {
    const at = `alter role ${APPLICATION.user} in database ${database()}`;
    await superuser.query(`${at} set log_min_duration_statement = 0`);
    expect(await faultOfNewSession()).toContain("log_min_duration_statement is");
    await superuser.query(`${at} reset all`);
    await superuser.query(`alter database ${database()} set log_statement = 'all'`);
    expect(await faultOfNewSession()).toContain('log_statement is "all", set it to "none"');
    await superuser.query(`alter database ${database()} reset all`);
    expect(await faultOfNewSession()).toBeNull();
  });

  it("refuses the start in production and is only warned of elsewhere", async () => {
    const external = { DATABASE_URL: test.applicationUrl, MIGRATION_DATABASE_URL: test.migrationUrl };
    const production = {
      ...external,
      NODE_ENV: "production",
      PUBLIC_ORIGIN: "https://tips.example.test",
      SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
      AUDIT_CHECKPOINT_DIR: "/srv/elsewhere/checkpoints",
      TRUST_PROXY: "1",
    };
    await superuser.query(`alter database ${database()} set log_error_verbosity = 'verbose'`);
    const refused = await runScript("server/cli/ledger-verify.ts", [], { env: production });
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toBe(
      'DATABASE_URL: the database server would log what reporters send: log_error_verbosity is "verbose", set it to "terse" for this role\n',
    );
    expect(await runScript("server/cli/ledger-verify.ts", [], { env: external })).toMatchObject({
      status: 0,
      stderr: "",
    });
    await superuser.query(`alter database ${database()} reset all`);
    expect(await runScript("server/cli/ledger-verify.ts", [], { env: production })).toMatchObject({
      status: 0,
    });
  }, 60_000);

  it("holds no value of a refused row or statement", async () => {
    const marker = `geheim${Math.random().toString(36).slice(2)}`;
    const pool = new pg.Pool({ connectionString: test.applicationUrl, max: 1 });
    await pool
      .query("insert into settings (key, value) values ($1, $2)", [marker, { a: 1 }])
      .catch(() => undefined);
    await pool
      .query("insert into settings (key, value) values ($1, $2)", [marker, { a: 1 }])
      .catch(() => undefined);
    await pool.query("select $1::text::int", [marker]).catch(() => undefined);
    await pool.query(`select ${marker}`).catch(() => undefined);
    await pool.end();
    const { rows } = await superuser.query<{ folder: string }>(
      "select current_setting('data_directory') as folder",
    );
    const log = readFileSync(path.join(rows[0]?.folder ?? "", "..", "..", "postgres.log"), "utf8");
    expect(log).not.toContain(marker);
  });
});
