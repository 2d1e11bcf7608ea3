import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { sealJournal } from "~server/ledger/seal-journal.server";
import { fillAwards } from "./fill-awards";
import { BALANCES } from "./insert-all";
import { printTable } from "./print-table";
import { withBenchDatabase } from "./with-database";

// `node --import tsx tests/bench/measure-verify.ts`: `ledger:verify` as a process of its own over ever so many entries,
// with what memory it needed at most. One entry in fifty is an award's; the others move money of the funds.

const MOST_MB = 300;

/** Rows: entries, seconds, entries a second, MB at most. */
export async function measureVerify(entries: number, tell: (line: string) => void): Promise<string[][]> {
  return withBenchDatabase(async ({ db, root, rootUrl, applicationUrl }) => {
    const count = Math.max(10, Math.floor(entries / 50));
    await fillAwards(db, { root, count, onProgress: (done) => tell(`filled ${done} awards`) });
    await fillJournal(root, entries - count);
    await root.query("vacuum analyze");
    const numbered = await numberVouchers(db);
    const sealed = await sealJournal(db);
    tell(`numbered ${numbered}, sealed ${sealed}`);
    const run = await verifyApart({ DATABASE_URL: applicationUrl, MIGRATION_DATABASE_URL: rootUrl }, tell);
    const { ok, checked, faults } = JSON.parse(run.answer) as {
      ok: boolean;
      checked: Record<string, number>;
      faults: unknown[];
    };
    if (!ok) throw new Error(`not true: ${JSON.stringify(faults.slice(0, 3))}`);
    const seen = checked["entries"] ?? 0;
    return [
      [
        `${seen} entries, ${checked["awards"] ?? 0} awards`,
        run.seconds.toFixed(1),
        (seen / run.seconds).toFixed(0),
        run.mb === null ? "not told here" : run.mb.toFixed(0),
        run.mb === null ? "" : (run.mb / MOST_MB).toFixed(2),
      ],
    ];
  });
}

/** Money received by the funds, a third of it put in the windows' boxes and half of that brought back, each told once. */
async function fillJournal(root: pg.Client, entries: number): Promise<void> {
  await root.query("set session_replication_role = replica");
  try {
    for (let from = 0; from < entries; from += 20_000) {
      await root.query(
        `with made as (
           select gen_random_uuid() as id, gen_random_uuid() as entry, n, 100 + (n / (6 * f.funds)) % 7 as amount, (array['funds.received','funds.received','funds.received',
                    'float.topped_up','float.returned','funds.received'])[n / f.funds % 6 + 1] as event,
                  date '2026-01-05' + (n % 140)::int as day, f.id as fund
             from generate_series($1::int, $2::int) n
             join (select id, row_number() over (order by id) - 1 as place, count(*) over () as funds from funds) f
               on f.place = n % f.funds),
         posted as (
           insert into ledger_transactions (id, event, event_on, recorded_at, fund_id, idempotency_key, recorded_in)
           select id, event, day, day + time '10:00', fund, event || ':' || id, 1 from made order by n),
         entered as (
           insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
           select m.entry, m.id, 1, d.id, c.id, m.amount
             from made m join accounts d on d.fund_id = m.fund and d.kind = case m.event when 'float.topped_up' then 'window_cash' else 'treasury' end
             join accounts c on c.fund_id = m.fund and c.kind = case m.event when 'funds.received' then 'funding' when 'float.topped_up' then 'treasury' else 'window_cash' end),
         waiting as (insert into voucher_queue (transaction_id) select id from made)
         insert into events (id, recorded_on, recorded_at, actor_kind, actor_snapshot, action, subject_table, subject_id, data)
         select gen_random_uuid(), day, day + time '10:00', 'system', '{"task":"bench"}', event, 'funds', fund::text,
                jsonb_build_object('transaction', id, 'amountFen', amount::text) from made order by n`,
        [from, Math.min(entries, from + 20_000) - 1],
      );
    }
    await root.query(BALANCES);
  } finally {
    await root.query("set session_replication_role = origin");
  }
}

/** The command in a process of its own; what it held at most is read from the system while it runs (VmHWM). */
async function verifyApart(env: Record<string, string>, tell: (line: string) => void) {
  const from = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", "server/cli/ledger-verify.ts"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: {
      ...process.env,
      ...env,
      NODE_ENV: "development",
      DEMO: "off",
      SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let answer = "";
  let said = "";
  let mb = null as number | null;
  child.stdout.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-2_000);
    tell(chunk.toString().trim());
  });
  const watch = setInterval(() => (mb = peakOf(child.pid) ?? mb), 100);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(watch);
  if (answer === "") throw new Error(`ledger:verify ended with ${code}: ${said}`);
  return { answer, mb, seconds: (performance.now() - from) / 1000 };
}

function peakOf(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  printTable(
    ["ledger:verify", "s", "entries /s", "MB at most", `÷ ${MOST_MB} MB`],
    await measureVerify(Number(process.env["ENTRIES"] ?? "20000"), tell),
  );
}
