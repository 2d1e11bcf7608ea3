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
  /** Of an event that takes two people: their request, or null for none. Left out, an agreed one is made. */
  requestId?: string | null;
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
  const agreed = posting.requestId === undefined ? await agreeRaw(client, posting) : null;
  await client.query(
    "insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, corrects_id, actor_id, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    [
      id,
      posting.event,
      posting.eventOn ?? "2026-06-01",
      posting.fundId,
      posting.key ?? `raw:${id}`,
      posting.awardId ?? null,
      posting.correctsId ?? null,
      posting.actorId ?? agreed?.actorId ?? null,
      posting.requestId ?? agreed?.id ?? null,
    ],
  );
  for (const [index, [debit, credit, amount]] of posting.entries.entries()) {
    await insertEntry(client, id, index + 1, debit, credit, amount);
  }
  return id;
}

const TAKES_TWO: Readonly<Record<string, string>> = {
  "budget.approved": "open",
  "budget.adjusted": "adjust",
  "award.revoked": "revoke",
  "award.posting_revoked": "revoke",
  "clawback.ordered": "clawback",
  "clawback.written_off": "write_off",
  "year.lapsed": "close_year",
  "year.available_carried": "close_year",
  "year.encumbered_carried": "close_year",
  "award.paid": "pay",
};

/** What two finance people of the database agree to, where the event takes two; null for all others. */
async function agreeRaw(
  client: pg.PoolClient,
  posting: RawPosting,
): Promise<{ id: string; actorId: string } | null> {
  const kind = TAKES_TWO[posting.event];
  // A payment is ordered by two and made by a third, whom the test names.
  if (kind === undefined || (kind === "pay" && posting.actorId === undefined)) return null;
  const { rows: people } = await client.query<{ id: string }>(
    `select r.staff_id as id from staff_roles r where r.role in ('finance_approver', 'finance_preparer', 'finance_reviewer') and r.revoked_at is null
        and not exists (select 1 from staff_roles o where o.staff_id = r.staff_id and o.role = 'cashier' and o.revoked_at is null)
      order by r.role`,
  );
  const approver = people[0]?.id ?? "";
  const asker = people.find(({ id }) => id !== approver)?.id ?? "";
  const [[debit, , amount] = ["", "", 0n]] = posting.entries;
  const { rows: accounts } = await client.query<{ kind: string; budget_id: string | null }>(
    "select kind, budget_id from accounts where id = $1",
    [debit === "" ? null : debit],
  );
  const id = uuidv7();
  const total = posting.entries.reduce((sum, [, , each]) => sum + each, 0n);
  const { rows: opened } = await client.query<{ slug: string; source: string; year: number }>(
    "select f.slug, f.source, b.fiscal_year as year from budgets b join funds f on f.id = b.fund_id where b.id = $1",
    [accounts[0]?.budget_id ?? null],
  );
  const { rows: earlier } = await client.query<{ n: number }>(
    "select count(*)::int as n from payouts where award_id = $1",
    [posting.awardId ?? null],
  );
  const paid = { earlier: earlier[0]?.n ?? 0, until: "2026-12-31" };
  const data =
    kind === "pay"
      ? paid
      : kind === "open"
        ? { slug: opened[0]?.slug, source: opened[0]?.source, fiscalYear: opened[0]?.year }
        : {};
  const onBudget = kind === "adjust" || kind === "close_year";
  const signed = accounts[0]?.kind === "appropriation" ? -amount : total;
  const act = (person: string) =>
    client.query(
      "select set_config('app.actor_kind', 'staff', true), set_config('app.actor_id', $1, true), set_config('app.roles', 'finance_approver', true)",
      [person],
    );
  await act(asker);
  await client.query(
    `insert into ledger_requests (id, kind, budget_id, award_id, amount_fen, event_on, data, reason, requested_by, requested_at)
     values ($1, $2, $3, $4, $5, $6, $8, '两人办理的测试', $7, now())`,
    [
      id,
      kind,
      onBudget ? (accounts[0]?.budget_id ?? (await anyBudget(client))) : null,
      onBudget || kind === "open" ? null : posting.awardId,
      kind === "adjust"
        ? (signed === 0n ? 1n : signed).toString()
        : kind === "clawback" || kind === "write_off" || kind === "open"
          ? amount.toString()
          : null,
      kind === "adjust" || kind === "open" ? (posting.eventOn ?? "2026-06-01") : null,
      asker,
      JSON.stringify(data),
    ],
  );
  await act(approver);
  await client.query(
    "update ledger_requests set outcome = 'agreed', decided_by = $2, decided_at = now() where id = $1",
    [id, approver],
  );
  await client.query(
    "select set_config('app.actor_kind', 'system', true), set_config('app.actor_id', '', true), set_config('app.roles', '', true)",
  );
  return { id, actorId: approver };
}

async function anyBudget(client: pg.PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>("select id from budgets limit 1");
  return rows[0]?.id ?? null;
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
