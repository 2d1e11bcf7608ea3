import type { Database } from "~db/client.server";
import { readPages, withSnapshot } from "./verify/read-rows.server";

/** An account of either book, with its balance in minor units: positive on the debit side. */
export type BookAccount = {
  readonly id: string;
  readonly book: "budget" | "financial";
  readonly kind: string;
  readonly currency: string;
  readonly slug: string;
  /** null in the financial book. */
  readonly fiscalYear: number | null;
  readonly balance: string;
};

/** One posting, its amounts in minor units of its accounts' currency. */
export type BookPosting = {
  readonly id: string;
  readonly event: string;
  readonly eventOn: string;
  readonly fiscalYear: number | null;
  readonly number: number | null;
  readonly codeName: string | null;
  readonly correctsId: string | null;
  readonly entries: readonly { readonly debit: string; readonly credit: string; readonly amount: string }[];
};

/** Both books as they stood at one moment. */
export type Books = {
  readonly accounts: readonly BookAccount[];
  /** Every event the ledger knows. */
  readonly events: readonly string[];
  /** Days of the first and the last posting; null while there is none. */
  readonly span: { readonly first: string; readonly last: string } | null;
  /** In date order, a page at a time, so that memory does not grow with the journal. */
  readonly postings: AsyncGenerator<BookPosting>;
};

type Row = Omit<BookPosting, "eventOn" | "fiscalYear" | "codeName" | "correctsId"> & {
  seq: string;
  event_on: string;
  fiscal_year: number | null;
  code_name: string | null;
  corrects_id: string | null;
};

/**
 * Lends `use` both books on one snapshot. They hold voucher numbers, events, ids and code names; never a person or an
 * account number (ledger invariant 17).
 */
export async function readBooks(db: Database, use: (books: Books) => Promise<void>): Promise<void> {
  await withSnapshot(db, "ledger-export", async (read) => {
    const accounts = await read<BookAccount>(
      `select a.id, a.book, a.kind, a.currency, f.slug, b.fiscal_year as "fiscalYear",
              (n.debit_fen - n.credit_fen)::text as balance
         from accounts a join funds f on f.id = a.fund_id join account_balances n on n.account_id = a.id
         left join budgets b on b.id = a.budget_id order by a.book, f.slug, b.fiscal_year, a.kind, a.currency`,
    );
    const events = await read<{ event: string }>(
      "select distinct event from posting_rules union select 'correction' order by 1",
    );
    const [span] = await read<{ first: string | null; last: string | null }>(
      "select min(event_on)::text as first, max(event_on)::text as last from ledger_transactions",
    );
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
    await use({
      accounts,
      events: events.map(({ event }) => event),
      span: span?.first && span.last ? { first: span.first, last: span.last } : null,
      postings: asPostings(rows),
    });
  });
}

async function* asPostings(rows: AsyncGenerator<Row>): AsyncGenerator<BookPosting> {
  for await (const row of rows) {
    yield {
      id: row.id,
      event: row.event,
      eventOn: row.event_on,
      fiscalYear: row.fiscal_year,
      number: row.number,
      codeName: row.code_name,
      correctsId: row.corrects_id,
      entries: row.entries,
    };
  }
}
