import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { naturalBalance } from "~server/ledger/ledger-events";
import type { Month } from "./month";

/** One account over a month, in minor units; balances on the account's own side. */
export type StatementLine = {
  readonly source: string;
  readonly book: "budget" | "financial";
  readonly fiscalYear: number | null;
  readonly kind: string;
  readonly currency: string;
  readonly openingFen: bigint;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
  readonly closingFen: bigint;
};

type Row = {
  source: string;
  book: "budget" | "financial";
  fiscal_year: number | null;
  kind: string;
  currency: string;
  debit_before: string;
  credit_before: string;
  debit: string;
  credit: string;
};

/**
 * Every account that holds or moved anything by the end of the month: what it opened with, what moved by business day,
 * what it closed with. Computed from the entries alone.
 */
export async function readStatement(tx: Tx, month: Month): Promise<StatementLine[]> {
  const { rows } = await tx.execute<Row>(sql`
    with moved as (
      select s.account_id,
             sum(s.debit) filter (where t.event_on < ${month.from}) as debit_before,
             sum(s.credit) filter (where t.event_on < ${month.from}) as credit_before,
             sum(s.debit) filter (where t.event_on >= ${month.from}) as debit,
             sum(s.credit) filter (where t.event_on >= ${month.from}) as credit
        from ledger_transactions t
        join (select transaction_id, debit_account_id as account_id, amount_fen as debit, 0 as credit from ledger_entries
              union all
              select transaction_id, credit_account_id, 0, amount_fen from ledger_entries) s on s.transaction_id = t.id
       where t.event_on < ${month.before}
       group by s.account_id)
    select f.source, a.book, b.fiscal_year, a.kind, a.currency,
           coalesce(m.debit_before, 0)::text as debit_before, coalesce(m.credit_before, 0)::text as credit_before,
           coalesce(m.debit, 0)::text as debit, coalesce(m.credit, 0)::text as credit
      from moved m join accounts a on a.id = m.account_id join funds f on f.id = a.fund_id
      left join budgets b on b.id = a.budget_id
     order by f.source, a.currency, a.book, b.fiscal_year,
              array_position(array['appropriation','available','encumbered','spent','funding','treasury','window_cash',
                                   'expense','payable','recoverable','suspense'], a.kind)`);
  return rows.map((row) => {
    const before = { debit: BigInt(row.debit_before), credit: BigInt(row.credit_before) };
    const moved = { debit: BigInt(row.debit), credit: BigInt(row.credit) };
    return {
      source: row.source,
      book: row.book,
      fiscalYear: row.fiscal_year,
      kind: row.kind,
      currency: row.currency,
      openingFen: naturalBalance(row.kind, before.debit, before.credit),
      debitFen: moved.debit,
      creditFen: moved.credit,
      closingFen: naturalBalance(row.kind, before.debit + moved.debit, before.credit + moved.credit),
    };
  });
}
