import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { findBudgetAccounts } from "~server/ledger/find-accounts.server";
import { postTransaction } from "~server/ledger/post-transaction.server";
import { systemActor } from "~server/staff-auth/actor";
import { fillAwards } from "./fill-awards";
import { LEDGER_HEAD, ledgerRow, openBare, type Round } from "./measure-ledger";
import { printTable } from "./print-table";
import { cpuHere, cpuOf } from "./read-cpu";
import { withBenchDatabase } from "./with-database";

// The other half of measure-ledger: postings that are about an award and move it, whose judge reads the award, its
// voucher and its signatures. Beside them bare inserts of the same rows, and the same update, in the same transactions.

const ACTOR = systemActor("bench");
const BUDGETS = 16;
const CONCURRENCY = 16;
const BARE = ["ledger_transactions", "ledger_entries", "voucher_queue", "awards"] as const;

/** Rows as `LEDGER_HEAD` names them. */
export async function measureAwardPostings(postings: number, rounds: number): Promise<string[][]> {
  return withBenchDatabase(
    async ({ db, root, serverPid, applicationUrl }) => {
      const { awardIds, desks } = await fillAwards(db, { root, count: postings * rounds, funds: BUDGETS });
      for (const table of BARE) {
        await root.query(`create table bare_${table} (like ${table} including all)`);
        await root.query(`grant select, insert, update on bare_${table} to bench_app`);
      }
      await root.query("insert into bare_awards select * from awards");
      await root.query("grant usage on all sequences in schema public to bench_app; analyze bare_awards");
      const { rows } = await root.query<{ id: string; amount: string; budget: string }>(
        "select id, amount_fen::text as amount, budget_id as budget from awards",
      );
      const facts = new Map(rows.map((row) => [row.id, row]));
      const books = new Map(
        await Promise.all(
          desks.map(async ({ budgetId }) => {
            const found = await withActor(db, ACTOR, (tx) => findBudgetAccounts(tx, budgetId));
            return [budgetId, found] as const;
          }),
        ),
      );
      const entriesOf = (awardId: string) => {
        const fact = facts.get(awardId);
        const budget = books.get(fact?.budget ?? "");
        if (fact === undefined || budget === undefined) throw new Error("no such award");
        const amountFen = BigInt(fact.amount);
        const of = (kind: Parameters<typeof budget.account>[0]) => budget.account(kind);
        return {
          fundId: budget.fundId,
          entries: [
            { debit: of("spent"), credit: of("encumbered"), amountFen },
            { debit: of("expense"), credit: of("payable"), amountFen },
          ],
        };
      };
      const post = (awardId: string) =>
        withActor(db, ACTOR, async (tx) => {
          const about = { awardId, idempotencyKey: `award.posted:${awardId}`, actorId: null };
          await postTransaction(tx, {
            event: "award.posted",
            eventOn: "2026-06-01",
            ...about,
            movesAwardTo: "posted",
            ...entriesOf(awardId),
          });
        });
      /** The rows such a posting leaves, and what moves its award. */
      const bareOf = (awardId: string) => {
        const [id, { fundId, entries }] = [uuidv7(), entriesOf(awardId)];
        const values = entries.map(
          ({ debit, credit, amountFen }, at) =>
            sql`(${uuidv7()}::uuid, ${id}::uuid, ${at + 1}, ${debit}::uuid, ${credit}::uuid, ${amountFen}::bigint)`,
        );
        return [
          sql`insert into bare_ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, recorded_in) values (${id}, 'award.posted', '2026-06-01', ${fundId}, ${`award.posted:${awardId}`}, ${awardId}, 1)`,
          sql`insert into bare_ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen) values ${sql.join(values, sql`, `)}`,
          sql`update bare_awards set status = 'posted' where id = ${awardId}`,
          sql`insert into bare_voucher_queue (transaction_id) values (${id})`,
        ] as const;
      };
      // One statement, where four would cost the bare side three round trips more than the portal's own.
      const insertBare = (into: Database, awardId: string) =>
        withActor(into, ACTOR, (tx) => {
          const [transaction, entries, award, queue] = bareOf(awardId);
          return tx.execute(sql`with t as (${transaction}), e as (${entries}), a as (${award}) ${queue}`);
        });
      const insertEach = (into: Database, awardId: string) =>
        withActor(into, ACTOR, async (tx) => {
          for (const statement of bareOf(awardId)) await tx.execute(statement);
        });
      const rateOf = async (ids: readonly string[], work: (id: string) => Promise<unknown>) => {
        const used = () => cpuHere() + (cpuOf(serverPid) ?? NaN);
        const [from, usedBefore, left] = [performance.now(), used(), [...ids]];
        const worker = async () => {
          for (let id = left.pop(); id !== undefined; id = left.pop()) await work(id);
        };
        await Promise.all(Array.from({ length: CONCURRENCY }, worker));
        const per = (ms: number) => (ids.length * 1000) / ms;
        return { clock: per(performance.now() - from), cpu: per(used() - usedBefore) };
      };
      const plain = openBare(applicationUrl);
      const rates: Round[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const ids = awardIds.slice(round * postings, (round + 1) * postings);
        const first = round % 2 === 0 ? await rateOf(ids, post) : null;
        const bare = await rateOf(ids, (id) => insertBare(plain, id));
        const again = () =>
          root.query("truncate bare_ledger_transactions, bare_ledger_entries, bare_voucher_queue");
        await again();
        const kept = await rateOf(ids, (id) => insertBare(db, id));
        await again();
        const each = await rateOf(ids, (id) => insertEach(plain, id));
        rates.push({ ours: first ?? (await rateOf(ids, post)), bare, kept, each });
      }
      await plain.pool.end();
      // The first round warms all up and is not counted.
      const counted = rates.length > 1 ? rates.slice(1) : rates;
      return [
        ledgerRow(`awards posted, ${BUDGETS} budgets, concurrency ${CONCURRENCY}`, "clock", counted),
        ledgerRow("the same, a second of CPU (here and in the database)", "cpu", counted),
      ];
    },
    { max: CONCURRENCY },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [postings, rounds] = [process.env["AWARD_POSTINGS"] ?? "200", process.env["AWARD_ROUNDS"] ?? "4"].map(
    Number,
  );
  printTable(LEDGER_HEAD, await measureAwardPostings(postings ?? 200, rounds ?? 4));
}
