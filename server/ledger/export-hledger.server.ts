import type { Database } from "~db/client.server";
import { printVoucherNumber } from "./list-transactions.server";
import { printDecimal } from "./print-amount";
import { readBooks, type BookAccount, type BookPosting, type Books } from "./read-books.server";

/**
 * Both books as one hledger journal, in date order, with every account, commodity, payee and tag declared, so that
 * `hledger check --strict` accepts it. `emit` receives the text piece by piece.
 */
export async function exportHledger(
  db: Database,
  emit: (text: string) => void | Promise<void>,
): Promise<void> {
  await readBooks(db, async (books) => {
    const names = new Map(books.accounts.map((account) => [account.id, nameOf(account)]));
    await emit(declare(books, names));
    for await (const posting of books.postings) await emit(printPosting(posting, names));
  });
}

type Named = { readonly name: string; readonly currency: string };

function nameOf({ book, slug, fiscalYear, kind, currency }: BookAccount): Named {
  const name =
    book === "budget" ? `budget:${slug}:${String(fiscalYear)}:${kind}` : `financial:${slug}:${kind}`;
  return { name, currency };
}

function declare({ accounts, events }: Books, names: ReadonlyMap<string, Named>): string {
  const currencies = [...new Set(["CNY", ...accounts.map(({ currency }) => currency)])].sort();
  return [
    "; Two parallel books: budget (预算会计) and financial (财务会计). Amounts in the currency's main unit.",
    "decimal-mark .",
    ...currencies.map((currency) => `commodity ${printAmount("100000", currency)}`),
    ...[...new Set([...names.values()].map(({ name }) => name))].map((name) => `account ${name}`),
    ...events.map((event) => `payee ${event}`),
    "tag posting",
    "tag award",
    "tag corrects",
    "",
    "",
  ].join("\n");
}

function printPosting(posting: BookPosting, names: ReadonlyMap<string, Named>): string {
  const { fiscalYear, number, codeName, correctsId } = posting;
  const code = fiscalYear === null || number === null ? "" : `(${printVoucherNumber(fiscalYear, number)}) `;
  const tags = [
    `posting:${posting.id}`,
    ...(codeName === null ? [] : [`award:${codeName}`]),
    ...(correctsId === null ? [] : [`corrects:${correctsId}`]),
  ].join(", ");
  const lines = posting.entries.flatMap(({ debit, credit, amount }) => [
    printLine(names.get(debit), amount),
    printLine(names.get(credit), `-${amount}`),
  ]);
  return `${posting.eventOn} * ${code}${posting.event}  ; ${tags}\n${lines.join("\n")}\n\n`;
}

function printLine(account: Named | undefined, amount: string): string {
  if (account === undefined) throw new Error("an entry names no account of the export");
  return `    ${account.name}  ${printAmount(amount, account.currency)}`;
}

/** Minor units with their commodity: `-1234567` of CNY is `-12345.67 CNY`; a whole number has its mark, `5. KRW`. */
export function printAmount(minor: string, currency: string): string {
  const decimal = printDecimal(minor, currency);
  return `${decimal}${decimal.includes(".") ? "" : "."} ${currency}`;
}
