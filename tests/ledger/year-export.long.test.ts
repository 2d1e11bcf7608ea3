import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { fixedClock } from "~server/clock";
import type { Database } from "~db/client.server";
import { exportBeancount } from "~server/ledger/export-beancount.server";
import { exportHledger, printAmount } from "~server/ledger/export-hledger.server";
import { postAcceptedAwards } from "~server/ledger/post-accepted-awards.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { installSchemes } from "~server/start/install-pack.server";
import { fillAwards } from "~tests/bench/fill-awards";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
const AWARDS = Number(process.env["YEAR_AWARDS"] ?? "10000");
const has = (tool: string) => spawnSync(tool, ["--version"]).status === 0;
const [hledger, bean] = [has("hledger"), has("bean-check")];
const folder = mkdtempSync(path.join(tmpdir(), "year-books-"));
const files = { hledger: path.join(folder, "year.journal"), bean: path.join(folder, "year.beancount") };

/** Working days of a sort: the awards stand on 280 days from 6 January, in order. */
const dayOf = (at: number) =>
  new Date(Date.UTC(2026, 0, 6) + Math.floor((at * 280) / AWARDS) * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  if (!hledger) console.log("SKIPPED: hledger is not installed, so its check of a year's export did not run");
  if (!bean) console.log("SKIPPED: beancount is not installed, so its check of a year's export did not run");
  await withActor(test.db, systemActor("test"), (tx) => installSchemes(tx));
  const [{ name } = { name: "" }] = (
    await test.db.pool.query<{ name: string }>("select current_database() as name")
  ).rows;
  const url = new URL(inject("clusterUrl"));
  url.pathname = `/${name}`;
  const root = new pg.Client({ connectionString: url.toString() });
  await root.connect();
  const { desks, awardIds, days } = await time("fill", () =>
    fillAwards(test.db, { root, count: AWARDS, dayOf }),
  );
  await root.end();
  await time("post", async () => {
    for (const day of [...new Set(days)]) {
      const ids = awardIds.filter((_, at) => days[at] === day);
      const clock = fixedClock(`${day}T03:00:00Z`);
      const preparer = desks[0]?.preparer.actor;
      if (preparer === undefined) throw new Error("no desk");
      const results = await postAcceptedAwards(test.db, { awardIds: ids }, preparer, clock);
      expect(results.filter(({ outcome }) => outcome !== "posted")).toEqual([]);
    }
  });
  await time("export", async () => {
    await write(files.hledger, exportHledger);
    await write(files.bean, exportBeancount);
  });
}, 1_800_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function time<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const done = await work();
  console.log(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s for ${AWARDS} awards`);
  return done;
}

type Export = (db: Database, emit: (text: string) => void | Promise<void>) => Promise<void>;

async function write(file: string, exportTo: Export): Promise<void> {
  const out = createWriteStream(file);
  await exportTo(test.db, (text) => {
    out.write(text);
  });
  out.end();
  await once(out, "finish");
}

function run(tool: string, ...args: string[]) {
  const options = {
    encoding: "utf8",
    maxBuffer: 64_000_000,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  } as const;
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(tool, args, options);
  console.log(`${tool} ${args[0] ?? ""}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  return { status, output: `${stdout}${stderr}` };
}

describe(`the books of a year with ${AWARDS} awards`, () => {
  it.skipIf(!hledger)("pass hledger check --strict", { timeout: 600_000 }, () => {
    expect(run("hledger", "check", "-f", files.hledger, "--strict")).toEqual({ status: 0, output: "" });
  });

  it.skipIf(!hledger)("give hledger our own balances", { timeout: 600_000 }, async () => {
    const { status, output } = run(
      "hledger",
      "balance",
      "-f",
      files.hledger,
      "--flat",
      "--no-total",
      "-E",
      "-O",
      "csv",
    );
    expect(status).toBe(0);
    const theirs = new Map(
      output
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => JSON.parse(`[${line}]`) as [string, string]),
    );
    const { rows } = await test.db.pool.query<{ name: string; minor: string }>(
      `select case a.book when 'budget' then format('budget:%s:%s:%s', f.slug, b.fiscal_year, a.kind)
                else format('financial:%s:%s', f.slug, a.kind) end as name, (n.debit_fen - n.credit_fen)::text as minor
         from accounts a join account_balances n on n.account_id = a.id join funds f on f.id = a.fund_id
         left join budgets b on b.id = a.budget_id where n.debit_fen + n.credit_fen > 0`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { name, minor } of rows)
      expect([name, theirs.get(name)]).toEqual([name, minor === "0" ? "0" : printAmount(minor, "CNY")]);
  });

  it.skipIf(!bean)("pass bean-check, which holds them against our balances", { timeout: 900_000 }, () => {
    expect(run("bean-check", files.bean)).toEqual({ status: 0, output: "" });
  });

  it("verify from the database alone", { timeout: 900_000 }, async () => {
    const { ok, faults, checked } = await time("verify", () => verifyLedger(test.db));
    expect([ok, faults]).toEqual([true, []]);
    expect(checked["awards"]).toBe(AWARDS + 1);
  });
});
