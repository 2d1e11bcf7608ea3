import type pg from "pg";

export type Row = Record<string, unknown>;

/** What the trigger on entries would have added up. */
export const BALANCES = `update account_balances b set debit_fen = s.debit, credit_fen = s.credit
  from (select a.id, coalesce((select sum(amount_fen) from ledger_entries e where e.debit_account_id = a.id), 0) as debit,
               coalesce((select sum(amount_fen) from ledger_entries e where e.credit_account_id = a.id), 0) as credit
          from accounts a) s where s.id = b.account_id`;

const ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ";

/** The i-th code name nobody made yet: the pattern's own is random and as good as never among them. */
export function codeOf(at: number): string {
  let text = "";
  for (let rest = at, place = 0; place < 8; place += 1, rest = Math.floor(rest / ALPHABET.length))
    text = `${ALPHABET[rest % ALPHABET.length] ?? "2"}${text}`;
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

const GENERATED = new Set([
  "leads.number",
  "tips.arrival_no",
  "dossiers.number",
  "events.seq",
  "ledger_transactions.seq",
]);

/** Writes rows as `to_jsonb` spells them; what the database generates it generates. */
export async function insertAll(root: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first).filter((name) => !GENERATED.has(`${table}.${name}`));
  const names = columns.map((name) => `"${name}"`).join(", ");
  await root.query(
    `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1::json)`,
    [JSON.stringify(rows)],
  );
}
