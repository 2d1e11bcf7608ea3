import type { Database } from "~db/client.server";
import { printVoucherNumber } from "./list-transactions.server";
import { readPages, withSnapshot, type ReadRows } from "./verify/read-rows.server";

type Line = { debit: string; credit: string; amount: string };
type Row = {
  id: string;
  seq: string;
  event: string;
  event_on: string;
  fiscal_year: number | null;
  number: number | null;
  code_name: string | null;
  corrects_id: string | null;
  entries: Line[];
};

/**
 * Both books as one hledger journal, in date order, with every account, commodity, payee and tag declared, so that
 * `hledger check --strict` accepts it. Holds voucher numbers, events, ids and code names; never a person or an
 * account number (invariant 17). `emit` receives the text piece by piece.
 */
export async function exportHledger(
  db: Database,
  emit: (text: string) => void | Promise<void>,
): Promise<void> {
  await withSnapshot(db, "ledger-export", async (read) => {
    const names = await declare(read, emit);
    const rows = readPages<Row>(
      read,
      `select t.id, t.seq::text, t.event, t.event_on::text, v.fiscal_year, v.number, a.code_name, t.corrects_id,
              (select json_agg(json_build_object('debit', e.debit_account_id, 'credit', e.credit_account_id,
                 'amount', e.amount_fen::text) order by e.line) from ledger_entries e where e.transaction_id = t.id) as entries
         from ledger_transactions t left join voucher_numbers v on v.transaction_id = t.id
         left join awards a on a.id = t.award_id
        where (t.event_on, t.seq) > ($1::date, $2::bigint) order by t.event_on, t.seq`,
      ["0001-01-01", "0"],
      (row) => [row.event_on, row.seq],
    );
    for await (const row of rows) await emit(printTransaction(row, names));
  });
}

type Named = { name: string; currency: string };

async function declare(
  read: ReadRows,
  emit: (text: string) => void | Promise<void>,
): Promise<Map<string, Named>> {
  const accounts = await read<{
    id: string;
    book: string;
    kind: string;
    currency: string;
    slug: string;
    fiscal_year: number | null;
  }>(
    `select a.id, a.book, a.kind, a.currency, f.slug, b.fiscal_year from accounts a join funds f on f.id = a.fund_id
       left join budgets b on b.id = a.budget_id order by a.book, f.slug, b.fiscal_year, a.kind, a.currency`,
  );
  const events = await read<{ event: string }>(
    "select distinct event from posting_rules union select 'correction' order by 1",
  );
  const names = new Map(
    accounts.map((account) => [
      account.id,
      {
        name:
          account.book === "budget"
            ? `budget:${account.slug}:${account.fiscal_year}:${account.kind}`
            : `financial:${account.slug}:${account.kind}`,
        currency: account.currency,
      },
    ]),
  );
  const currencies = [...new Set(["CNY", ...accounts.map((account) => account.currency)])].sort();
  await emit(
    [
      "; Two parallel books: budget (预算会计) and financial (财务会计). Amounts in the currency's main unit.",
      "decimal-mark .",
      ...currencies.map((currency) => `commodity ${printAmount("100000", currency)}`),
      ...[...new Set([...names.values()].map((each) => each.name))].map((name) => `account ${name}`),
      ...events.map(({ event }) => `payee ${event}`),
      "tag posting",
      "tag award",
      "tag corrects",
      "",
      "",
    ].join("\n"),
  );
  return names;
}

function printTransaction(row: Row, names: ReadonlyMap<string, Named>): string {
  const code =
    row.fiscal_year === null || row.number === null
      ? ""
      : `(${printVoucherNumber(row.fiscal_year, row.number)}) `;
  const tags = [
    `posting:${row.id}`,
    ...(row.code_name === null ? [] : [`award:${row.code_name}`]),
    ...(row.corrects_id === null ? [] : [`corrects:${row.corrects_id}`]),
  ].join(", ");
  const postings = row.entries.flatMap(({ debit, credit, amount }) => [
    printPosting(names.get(debit), amount),
    printPosting(names.get(credit), `-${amount}`),
  ]);
  return `${row.event_on} * ${code}${row.event}  ; ${tags}\n${postings.join("\n")}\n\n`;
}

function printPosting(account: Named | undefined, amount: string): string {
  if (account === undefined) throw new Error("an entry names no account of the export");
  return `    ${account.name}  ${printAmount(amount, account.currency)}`;
}

/** Currencies without a minor unit; all others have two decimals here. */
const WHOLE = new Set(["KRW", "JPY"]);

/** Minor units as an exact decimal: `-1234567` of CNY is `-12345.67 CNY`. */
export function printAmount(minor: string, currency: string): string {
  if (WHOLE.has(currency)) return `${minor}. ${currency}`;
  const negative = minor.startsWith("-");
  const digits = (negative ? minor.slice(1) : minor).padStart(3, "0");
  return `${negative ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}
