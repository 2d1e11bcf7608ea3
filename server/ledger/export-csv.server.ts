import type { Database } from "~db/client.server";
import { neutralCsv, neutralRows } from "~server/exchange/neutral-cell";
import { printVoucherNumber } from "./list-transactions.server";
import { printDecimal } from "./print-amount";
import { readBooks, type BookAccount } from "./read-books.server";

const COLUMNS = [
  "date",
  "voucher",
  "event",
  "line",
  "book",
  "fund",
  "fiscal_year",
  "debit",
  "credit",
  "amount",
  "currency",
  "award",
  "posting",
  "corrects",
] as const;

/**
 * Both books as one table, a row an entry, for spreadsheets: UTF-8 with a mark, amounts in the main unit, no cell that
 * a spreadsheet would compute. `emit` receives the text piece by piece.
 */
export async function exportCsv(db: Database, emit: (text: string) => void | Promise<void>): Promise<void> {
  await readBooks(db, async ({ accounts, postings }) => {
    const known = new Map(accounts.map((account) => [account.id, account]));
    await emit(neutralCsv([COLUMNS]));
    for await (const posting of postings) {
      const { fiscalYear, number } = posting;
      const rows = posting.entries.map(({ debit, credit, amount }, at) => {
        const [from, to] = [accountOf(known, debit), accountOf(known, credit)];
        return [
          posting.eventOn,
          fiscalYear === null || number === null ? "" : printVoucherNumber(fiscalYear, number),
          posting.event,
          String(at + 1),
          from.book,
          from.slug,
          from.fiscalYear === null ? "" : String(from.fiscalYear),
          from.kind,
          to.kind,
          printDecimal(amount, from.currency),
          from.currency,
          posting.codeName ?? "",
          posting.id,
          posting.correctsId ?? "",
        ];
      });
      await emit(neutralRows(rows));
    }
  });
}

function accountOf(known: ReadonlyMap<string, BookAccount>, id: string): BookAccount {
  const account = known.get(id);
  if (account === undefined) throw new Error("an entry names no account of the export");
  return account;
}
