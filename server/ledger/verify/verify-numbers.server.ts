import { printVoucherNumber } from "../list-transactions.server";
import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";

/** Voucher numbers: gapless per year, each of its own posting's year, and nothing left out but what waits (14). */
export async function verifyNumbers(read: ReadRows, findings: Findings): Promise<void> {
  const numbers = readPages<{
    fiscal_year: number;
    number: number;
    transaction_id: string;
    year: number | null;
  }>(
    read,
    `select v.fiscal_year, v.number, v.transaction_id, extract(year from t.event_on)::int as year
       from voucher_numbers v left join ledger_transactions t on t.id = v.transaction_id
      where (v.fiscal_year, v.number) > ($1::int, $2::int) order by v.fiscal_year, v.number`,
    [0, 0],
    (row) => [row.fiscal_year, row.number],
  );
  let year = 0;
  let expected = 1;
  for await (const row of numbers) {
    findings.count("voucherNumbers");
    if (row.fiscal_year !== year) [year, expected] = [row.fiscal_year, 1];
    const name = printVoucherNumber(row.fiscal_year, row.number);
    if (row.number !== expected) {
      findings.fault(
        "14 voucher numbers have no gap",
        "voucher_numbers",
        name,
        `expected number ${expected}`,
      );
    }
    if (row.year !== row.fiscal_year) {
      findings.fault(
        "14 a number belongs to its posting's year",
        "voucher_numbers",
        name,
        row.transaction_id,
      );
    }
    expected = row.number + 1;
  }
  const lost = await read<{ id: string }>(
    `select t.id from ledger_transactions t
      where not exists (select 1 from voucher_numbers v where v.transaction_id = t.id)
        and not exists (select 1 from voucher_queue q where q.transaction_id = t.id) order by t.seq limit 1`,
  );
  for (const { id } of lost) {
    findings.fault(
      "14 every posting is numbered or waits for its number",
      "ledger_transactions",
      id,
      "neither",
    );
  }
}
