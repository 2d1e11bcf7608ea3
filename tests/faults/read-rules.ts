import type pg from "pg";

/** The tables of the ledger and of all that leads money out of it. */
const TABLES =
  /^(account_balances|accounts|funds|budgets|budget_warnings|posting_rules|voucher_numbers|voucher_queue|vouchers|countersignatures|batch_releases|line_decisions|reward_pools|reconciliations|schemes|scheme_proposals|(ledger|award|awards|approval|assessment|payout|payouts|payee|claim|pay|window|bank|period|year)(_[a-z_]+)?)$/;

export type Rule = {
  readonly table: string;
  readonly name: string;
  /** check, foreign key, primary key, unique constraint, unique index, NOT NULL (named `column!`), trigger. */
  readonly kind: "c" | "f" | "p" | "u" | "ux" | "n" | "trigger";
  readonly definition: string;
  /** Of keys and checks: the columns. */
  readonly columns: readonly string[];
  /** Of a partial unique index, what it covers. */
  readonly predicate: string | null;
};

/** Tables that are none of the ledger's by their name, so that a new one is noticed. */
export async function readOtherTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1",
  );
  return rows.map(({ name }) => name).filter((name) => !TABLES.test(name));
}

/** Columns of the ledger's tables that may be empty, by table. */
export async function readNullable(client: pg.ClientBase): Promise<Record<string, string>> {
  const { rows } = await client.query<{ table: string; columns: string }>(
    `select r.relname as table, string_agg(a.attname, ' ' order by a.attnum) as columns
       from pg_attribute a join pg_class r on r.oid = a.attrelid and r.relkind = 'r' and r.relnamespace = 'public'::regnamespace
      where a.attnum > 0 and not a.attisdropped and not a.attnotnull group by 1 order by 1`,
  );
  return Object.fromEntries(
    rows.filter(({ table }) => TABLES.test(table)).map(({ table, columns }) => [table, columns]),
  );
}

/** Every constraint, unique index and trigger of the ledger's tables, as PostgreSQL knows them. */
export async function readRules(client: pg.ClientBase): Promise<Rule[]> {
  const { rows } = await client.query<Rule>(`
    select c.conrelid::regclass::text as table, c.conname as name, c.contype::text as kind, pg_get_constraintdef(c.oid) as definition,
           array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns,
           null as predicate
      from pg_constraint c where c.connamespace = 'public'::regnamespace and c.contype in ('c', 'f', 'p', 'u')
    union all
    select i.indrelid::regclass::text, i.indexrelid::regclass::text, 'ux', pg_get_indexdef(i.indexrelid),
           array(select a.attname::text from unnest(i.indkey) k join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k),
           pg_get_expr(i.indpred, i.indrelid)
      from pg_index i join pg_class r on r.oid = i.indrelid and r.relnamespace = 'public'::regnamespace
     where i.indisunique and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
    union all
    -- Those of a primary key and of an identity come and go with it.
    select r.relname, a.attname || '!', 'n', '', array[a.attname::text], null
      from pg_attribute a join pg_class r on r.oid = a.attrelid and r.relkind = 'r' and r.relnamespace = 'public'::regnamespace
     where a.attnotnull and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
       and not exists (select 1 from pg_index i where i.indrelid = r.oid and i.indisprimary and a.attnum = any (i.indkey))
    union all
    select t.tgrelid::regclass::text, t.tgname, 'trigger', pg_get_triggerdef(t.oid), '{}', null
      from pg_trigger t join pg_class r on r.oid = t.tgrelid and r.relnamespace = 'public'::regnamespace
     where not t.tgisinternal
     order by 1, 3, 2`);
  return rows.filter(({ table }) => TABLES.test(table));
}
