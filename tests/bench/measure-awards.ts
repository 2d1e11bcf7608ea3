import { fileURLToPath } from "node:url";
import { showProgress } from "~server/cli/show-progress";
import { postAcceptedAwards } from "~server/ledger/post-accepted-awards.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { freezeBatch, MAX_BATCH_LINES } from "~server/payouts/freeze-batch.server";
import { canonicalJson } from "~server/canonical-json";
import { replayAwards } from "~server/rewards/replay-award.server";
import { hashComputation } from "~server/rewards/write-voucher.server";
import { CLOCK } from "~tests/factories/make-award";
import { fillAwards } from "./fill-awards";
import { printTable } from "./print-table";
import { cpuHere, cpuOf } from "./read-cpu";
import { withBenchDatabase, type BenchDatabase } from "./with-database";

// `node --import tsx tests/bench/measure-awards.ts`: accepted awards by the thousand, computed again from their stored
// inputs, booked by finance as one act, frozen into payout batches, and verified from the database alone.

/** The issue's own measure: a hundred thousand awards in five minutes. */
const LIMIT_S = 300;
const FULL = 100_000;

export const AWARDS_HEAD = ["awards", "s", "/s", "ms CPU an award here", "in the database"];

export async function measureAwards(count: number): Promise<string[][]> {
  return withBenchDatabase(async (bench) => {
    const { db, root, serverPid } = bench;
    const rows: string[][] = [];
    const sum = [0, 0, 0];
    const print = ([seconds = 0, here = 0, there = 0]: readonly number[]) => [
      seconds.toFixed(1),
      (count / seconds).toFixed(0),
      (here / count).toFixed(2),
      Number.isNaN(there) ? "not told here" : (there / count).toFixed(2),
    ];
    const stage = async (
      name: string,
      timed: boolean,
      work: (tell: (done: number) => void) => Promise<void>,
    ) => {
      let done = 0;
      const progress = showProgress<number>(process.stderr, {
        share: () => done / count,
        say: (now, seconds) => `${name} ${now}, ${Math.round(now / seconds)}/s`,
      });
      const from = { at: performance.now(), here: cpuHere(), there: cpuOf(serverPid) };
      await work((now) => progress.tell((done = now)));
      const seconds = (performance.now() - from.at) / 1000;
      const [here, there] = [cpuHere() - from.here, (cpuOf(serverPid) ?? NaN) - (from.there ?? NaN)];
      done = count;
      progress.end(count);
      if (timed) sum.forEach((known, at) => (sum[at] = known + ([seconds, here, there][at] ?? 0)));
      rows.push([timed ? name : `(${name}, not counted)`, ...print([seconds, here, there])]);
    };
    let filled: Awaited<ReturnType<typeof fillAwards>> | null = null;
    await stage("filled", false, async (tell) => {
      filled = await fillAwards(db, { root, count, onProgress: tell });
    });
    const { desks, awardIds } = filled as unknown as Awaited<ReturnType<typeof fillAwards>>;
    const [desk] = desks;
    if (desk === undefined) throw new Error("no desk");
    await stage("computed", true, (tell) => compute(bench, tell));
    await stage("posted", true, async (tell) => {
      const results = await postAcceptedAwards(db, { awardIds }, desk.preparer.actor, CLOCK, tell);
      const other = results.find(({ outcome }) => outcome !== "posted");
      if (other !== undefined) throw new Error(`not posted: ${JSON.stringify(other)}`);
    });
    await stage("batched", true, async (tell) => {
      let done = 0;
      for (let fund = 0; fund < desks.length; fund += 1) {
        const own = awardIds.filter((_, at) => at % desks.length === fund);
        for (let from = 0; from < own.length; from += MAX_BATCH_LINES) {
          const lines = own.slice(from, from + MAX_BATCH_LINES);
          await freezeBatch(
            db,
            { awardIds: lines, cashierId: desk.cashier.actor.id },
            desk.preparer.actor,
            CLOCK,
          );
          tell((done += lines.length));
        }
      }
    });
    await stage("verified", true, async (tell) => {
      const verdict = await verifyLedger(db, {
        onProgress: (now, total) => tell(Math.min(count, Math.round((now / Math.max(1, total)) * count))),
      });
      if (!verdict.ok) throw new Error(`not true: ${JSON.stringify(verdict.faults.slice(0, 3))}`);
    });
    rows.push(["together", ...print(sum)]);
    rows.push([
      `together, of ${FULL} awards, ÷ ${LIMIT_S} s`,
      ((((sum[0] ?? 0) / count) * FULL) / LIMIT_S).toFixed(2),
      "",
      "",
      "",
    ]);
    return rows;
  });
}

/** Every stored case through the engine again, and its computation's hash held against the voucher's. */
async function compute({ root }: BenchDatabase, tell: (done: number) => void): Promise<void> {
  type Case = { id: string; content: unknown; case_input: unknown; record_hash: Buffer; bound: string };
  let [last, done] = ["00000000-0000-0000-0000-000000000000", 0];
  const { rows: schemes } = await root.query<{ key: string; content: unknown }>(
    "select scheme_id || ' ' || version as key, content from schemes",
  );
  const replay = replayAwards(new Map(schemes.map(({ key, content }) => [key, content])));
  for (;;) {
    const { rows } = await root.query<Case & { key: string }>(
      `select p.id, p.scheme_id || ' ' || p.scheme_version as key, p.case_input, p.record_hash,
              v.body::jsonb ->> 'computation' as bound
         from reward_pools p join awards a on a.pool_id = p.id join vouchers v on v.award_id = a.id
        where p.id > $1 order by p.id limit 500`,
      [last],
    );
    for (const row of rows) {
      const computation = JSON.parse(canonicalJson(replay(row.key, row.case_input))) as unknown;
      if (hashComputation(row.case_input, computation, row.record_hash) !== row.bound)
        throw new Error(`${row.id}: computed otherwise`);
    }
    tell((done += rows.length));
    last = rows.at(-1)?.id ?? last;
    if (rows.length < 500) return;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printTable(AWARDS_HEAD, await measureAwards(Number(process.env["AWARDS"] ?? "2000")));
}
