import type pg from "pg";
import { v7 as uuidv7 } from "uuid";

export type RawPosting = {
  event: string;
  fundId: string;
  awardId?: string;
  correctsId?: string;
  key?: string;
  eventOn?: string;
  actorId?: string;
  /** Account ids and 分. */
  entries: readonly (readonly [debit: string, credit: string, amount: bigint])[];
};

/** Runs `work` in one transaction of its own: what the database says at commit is what the caller sees. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

/** Writes a posting by plain SQL, past every rule of the code. */
export async function insertPosting(client: pg.PoolClient, posting: RawPosting): Promise<string> {
  const id = uuidv7();
  await client.query(
    "insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, corrects_id, actor_id) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    [
      id,
      posting.event,
      posting.eventOn ?? "2026-06-01",
      posting.fundId,
      posting.key ?? `raw:${id}`,
      posting.awardId ?? null,
      posting.correctsId ?? null,
      posting.actorId ?? null,
    ],
  );
  for (const [index, [debit, credit, amount]] of posting.entries.entries()) {
    await insertEntry(client, id, index + 1, debit, credit, amount);
  }
  return id;
}

export async function insertEntry(
  client: pg.PoolClient,
  transactionId: string,
  line: number,
  debit: string,
  credit: string,
  amount: bigint,
): Promise<void> {
  await client.query(
    "insert into ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen) values ($1, $2, $3, $4, $5, $6)",
    [uuidv7(), transactionId, line, debit, credit, amount.toString()],
  );
}

export function post(pool: pg.Pool, posting: RawPosting): Promise<string> {
  return inTransaction(pool, (client) => insertPosting(client, posting));
}

/** Account ids of a budget and its fund by kind. */
export async function accountsOf(
  pool: pg.Pool,
  budgetId: string,
  currency = "CNY",
): Promise<(kind: string) => string> {
  const { rows } = await pool.query<{ id: string; kind: string }>(
    "select a.id, a.kind from accounts a join budgets b on b.fund_id = a.fund_id where b.id = $1 and (a.budget_id = b.id or a.budget_id is null) and a.currency = $2",
    [budgetId, currency],
  );
  return (kind) => {
    const row = rows.find((each) => each.kind === kind);
    if (row === undefined) throw new Error(`no account ${kind}`);
    return row.id;
  };
}
