import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { openDatabase, type Database } from "~db/client.server";
import { startEmbeddedPostgres } from "~db/embedded";
import { migrateDatabase } from "~db/migrate";
import { withActor } from "~db/with-actor.server";
import { BUDGET_KINDS, FINANCIAL_KINDS } from "~server/ledger/ledger-events";
import { postTransaction } from "~server/ledger/post-transaction.server";
import { systemActor } from "~server/staff-auth/actor";
import { printTable } from "./print-table";
import { cpuHere, cpuOf } from "./read-cpu";

// `node --import tsx tests/bench/measure-ledger.ts`: postings a second against bare inserts of the same rows in the same
// transactions, by the same client code, into tables of the same columns and keys without triggers, foreign keys or
// policies: all rows in one statement, as few messages as the portal sends; the same with plans kept as the portal keeps its
// own (decision 031); and an insert each, as most programs send them. All take turns in one run: quote the ratios, machines
// differ and are shared.

export const LEDGER_HEAD = [
  ...["ledger", "postings /s", "bare, in one statement /s", "ratio"],
  ...["its plan kept /s", "ratio", "bare, an insert each /s", "ratio"],
];

const ACTOR = systemActor("bench");
const BUDGETS = 16;
const CONCURRENCY = 16;
const ROUNDS = Number(process.env["LEDGER_ROUNDS"] ?? "6");
const POSTINGS = Number(process.env["LEDGER_POSTINGS"] ?? "1600");

type Fund = {
  readonly fundId: string;
  readonly treasury: string;
  readonly funding: string;
  readonly cash: string;
};

/** Sixteen budgets of sixteen funds, with their accounts. */
async function makeFunds(db: Database): Promise<Fund[]> {
  return withActor(db, ACTOR, async (tx) => {
    await tx.execute(
      sql`insert into agencies (id, pack_id, slug, name, name_en) values ('bench.office', 'bench', 'office', '测量', 'Bench')`,
    );
    const made: Fund[] = [];
    for (let at = 0; at < BUDGETS; at += 1) {
      const [fundId, budgetId] = [uuidv7(), uuidv7()];
      await tx.execute(
        sql`insert into funds (id, pack_id, agency_id, source, slug) values (${fundId}, 'bench', 'bench.office', ${`fund-${at}`}, ${`fund-${at}`})`,
      );
      await tx.execute(
        sql`insert into budgets (id, fund_id, fiscal_year) values (${budgetId}, ${fundId}, 2026)`,
      );
      const ids = new Map<string, string>();
      for (const kind of [...BUDGET_KINDS, ...FINANCIAL_KINDS]) {
        const id = uuidv7();
        const own = (BUDGET_KINDS as readonly string[]).includes(kind);
        ids.set(kind, id);
        await tx.execute(
          sql`insert into accounts (id, book, kind, fund_id, budget_id) values (${id}, ${own ? "budget" : "financial"}, ${kind}, ${fundId}, ${own ? budgetId : null})`,
        );
      }
      const of = (kind: string) => ids.get(kind) ?? "";
      made.push({ fundId, treasury: of("treasury"), funding: of("funding"), cash: of("window_cash") });
    }
    return made;
  });
}

/** One posting by the portal's own code. */
function post(db: Database, fund: Fund): Promise<unknown> {
  return withActor(db, ACTOR, (tx) =>
    postTransaction(tx, {
      event: "funds.received",
      eventOn: "2026-06-01",
      fundId: fund.fundId,
      idempotencyKey: `funds.received:${uuidv7()}`,
      actorId: null,
      entries: [{ debit: fund.treasury, credit: fund.funding, amountFen: 5n }],
    }),
  );
}

/**
 * The rows such a posting leaves, in one transaction of the same frame and by as many messages: one statement, where three
 * would cost the bare side two round trips more than the portal's own.
 */
function insertBare(db: Database, fund: Fund): Promise<unknown> {
  return withActor(db, ACTOR, (tx) => {
    const id = uuidv7();
    return tx.execute(
      sql`with t as (insert into bare_transactions (id, event, event_on, fund_id, idempotency_key, recorded_in) values (${id}, 'funds.received', '2026-06-01', ${fund.fundId}, ${`funds.received:${uuidv7()}`}, 1)), e as (insert into bare_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen) values (${uuidv7()}, ${id}, 1, ${fund.treasury}, ${fund.funding}, 5)) insert into bare_queue (transaction_id) values (${id})`,
    );
  });
}

/** The same rows by an insert each. */
function insertEach(db: Database, fund: Fund): Promise<unknown> {
  return withActor(db, ACTOR, async (tx) => {
    const id = uuidv7();
    await tx.execute(
      sql`insert into bare_transactions (id, event, event_on, fund_id, idempotency_key, recorded_in) values (${id}, 'funds.received', '2026-06-01', ${fund.fundId}, ${`funds.received:${uuidv7()}`}, 1)`,
    );
    await tx.execute(
      sql`insert into bare_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen) values (${uuidv7()}, ${id}, 1, ${fund.treasury}, ${fund.funding}, 5)`,
    );
    await tx.execute(sql`insert into bare_queue (transaction_id) values (${id})`);
  });
}

/** Postings a second, by the clock and by the CPU this process and the database used: a shared machine moves the first. */
export type Rate = { readonly clock: number; readonly cpu: number };

async function rateOf(
  funds: readonly Fund[],
  serverPid: number,
  work: (fund: Fund) => Promise<unknown>,
): Promise<Rate> {
  const used = () => cpuHere() + (cpuOf(serverPid) ?? NaN);
  const [from, usedBefore] = [performance.now(), used()];
  let left = POSTINGS;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async (_, worker) => {
      for (let at = worker; left > 0; at += 1) {
        left -= 1;
        await work(funds[at % funds.length] ?? funds[0]!);
      }
    }),
  );
  const per = (ms: number) => (POSTINGS * 1000) / ms;
  return { clock: per(performance.now() - from), cpu: per(used() - usedBefore) };
}

export type Round = { readonly ours: Rate; readonly bare: Rate; readonly kept: Rate; readonly each: Rate };

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** A row of the table: medians over the rounds, of the ratios too. */
export function ledgerRow(name: string, by: keyof Rate, rounds: readonly Round[]): string[] {
  const of = (kind: keyof Round) => median(rounds.map((round) => round[kind][by])).toFixed(0);
  const over = (kind: "bare" | "kept" | "each") =>
    median(rounds.map((round) => round.ours[by] / round[kind][by])).toFixed(2);
  return [
    ...[name, of("ours"), of("bare"), over("bare")],
    ...[of("kept"), over("kept"), of("each"), over("each")],
  ];
}

/** A pool whose statements have no names: PostgreSQL plans each anew, as for any program that says nothing of it. */
export function openBare(url: string): Database {
  const pool = new pg.Pool({ connectionString: url, max: CONCURRENCY });
  // Its server is stopped under it when all is measured.
  pool.on("error", () => undefined);
  return { pool, orm: drizzle(pool) };
}

/** Rows for the table of `npm run bench`, as `LEDGER_HEAD` names them. */
export async function measureLedger(): Promise<string[][]> {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-ledger-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(folder, 0o711);
  const cluster = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
  try {
    const admin = new pg.Client({ connectionString: cluster.superuserUrl });
    await admin.connect();
    await admin.query("create role bench_app login password 'bench-app'");
    await admin.query("create database bench");
    await admin.end();
    const url = new URL(cluster.superuserUrl);
    url.pathname = "/bench";
    await migrateDatabase(url.toString(), "bench_app");
    const owner = new pg.Client({ connectionString: url.toString() });
    await owner.connect();
    for (const [bare, real] of [
      ["bare_transactions", "ledger_transactions"],
      ["bare_entries", "ledger_entries"],
      ["bare_queue", "voucher_queue"],
    ]) {
      await owner.query(`create table ${bare} (like ${real} including all)`);
      await owner.query(`grant select, insert on ${bare} to bench_app`);
    }
    await owner.query("grant usage on all sequences in schema public to bench_app");
    await owner.end();
    [url.username, url.password] = ["bench_app", "bench-app"];
    const db = openDatabase(url.toString(), { max: CONCURRENCY });
    const funds = await makeFunds(db);
    const plain = openBare(url.toString());
    const rates: Round[] = [];
    // The first round warms both up and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ours = () => rateOf(funds, cluster.pid, (fund) => post(db, fund));
      const first = round % 2 === 0 ? await ours() : null;
      const bare = await rateOf(funds, cluster.pid, (fund) => insertBare(plain, fund));
      const kept = await rateOf(funds, cluster.pid, (fund) => insertBare(db, fund));
      const each = await rateOf(funds, cluster.pid, (fund) => insertEach(plain, fund));
      const rate = { ours: first ?? (await ours()), bare, kept, each };
      if (round > 0) rates.push(rate);
    }
    await Promise.all([db.pool.end(), plain.pool.end()]);
    return [
      ledgerRow(`postings, ${BUDGETS} budgets, concurrency ${CONCURRENCY}`, "clock", rates),
      ledgerRow("the same, a second of CPU (here and in the database)", "cpu", rates),
    ];
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printTable(LEDGER_HEAD, await measureLedger());
}
