import type { Database } from "~db/client.server";
import { printVoucherNumber } from "./list-transactions.server";
import { printDecimal } from "./print-amount";
import { readBooks, type BookAccount, type BookPosting } from "./read-books.server";

/**
 * beancount's five roots for our kinds. What a budget grants is its equity and income; what is left of it and what is
 * promised out of it are assets; what is spent of it is an expense.
 */
const ROOTS: Readonly<Record<string, string>> = {
  appropriation: "Equity",
  available: "Assets",
  encumbered: "Assets",
  spent: "Expenses",
  expense: "Expenses",
  payable: "Liabilities",
  treasury: "Assets",
  window_cash: "Assets",
  recoverable: "Assets",
  suspense: "Liabilities",
  funding: "Income",
};

/**
 * Both books as one beancount file in date order, every account opened with its currency, and every balance asserted
 * on the day after the last posting, so that `bean-check` proves it against our own balances. `emit` receives the text
 * piece by piece.
 */
export async function exportBeancount(
  db: Database,
  emit: (text: string) => void | Promise<void>,
): Promise<void> {
  await readBooks(db, async ({ accounts, span, postings }) => {
    const names = new Map(accounts.map((account) => [account.id, nameOf(account)]));
    await emit(
      [
        "; Two parallel books: Budget (预算会计) and Financial (财务会计).",
        'option "title" "Reward ledger"',
        ...[...new Set(["CNY", ...accounts.map(({ currency }) => currency)])]
          .sort()
          .map((currency) => `option "operating_currency" "${currency}"`),
        "",
        ...opening(accounts, names, span?.first ?? "1970-01-01"),
        "",
        "",
      ].join("\n"),
    );
    for await (const posting of postings) await emit(printPosting(posting, names));
    if (span === null) return;
    const after = dayAfter(span.last);
    for (const { id, balance, currency } of accounts) {
      await emit(
        `${after} balance ${names.get(id)?.name ?? ""}  ${printDecimal(balance, currency)} ~ 0 ${currency}\n`,
      );
    }
  });
}

type Named = { readonly name: string; readonly currency: string };

function nameOf({ book, slug, fiscalYear, kind, currency }: BookAccount): Named {
  const root = ROOTS[kind];
  if (root === undefined) throw new Error(`beancount has no root for accounts of kind ${kind}`);
  const [fund, own] = [capital(slug), kind.split("_").map(capital).join("")];
  return book === "budget"
    ? { name: `${root}:Budget:${fund}:${String(fiscalYear)}:${own}`, currency }
    : { name: `${root}:Financial:${fund}:${own}`, currency };
}

/** A component begins with a capital. Slugs are lower-case, so that two stay two. */
function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** One account may hold several currencies; it is opened once, with all of them. */
function opening(accounts: readonly BookAccount[], names: ReadonlyMap<string, Named>, on: string): string[] {
  const held = new Map<string, Set<string>>();
  for (const { id, currency } of accounts) {
    const name = names.get(id)?.name ?? "";
    held.set(name, (held.get(name) ?? new Set()).add(currency));
  }
  return [...held].map(([name, currencies]) => `${on} open ${name} ${[...currencies].join(",")}`);
}

function printPosting(posting: BookPosting, names: ReadonlyMap<string, Named>): string {
  const { fiscalYear, number, codeName, correctsId } = posting;
  const voucher = fiscalYear === null || number === null ? "" : printVoucherNumber(fiscalYear, number);
  const lines = posting.entries.flatMap(({ debit, credit, amount }) => [
    printLine(names.get(debit), amount),
    printLine(names.get(credit), `-${amount}`),
  ]);
  return [
    `${posting.eventOn} * "${posting.event}" "${voucher}"`,
    `  posting: "${posting.id}"`,
    ...(codeName === null ? [] : [`  award: "${codeName}"`]),
    ...(correctsId === null ? [] : [`  corrects: "${correctsId}"`]),
    ...lines,
    "",
    "",
  ].join("\n");
}

function printLine(account: Named | undefined, amount: string): string {
  if (account === undefined) throw new Error("an entry names no account of the export");
  return `  ${account.name}  ${printDecimal(amount, account.currency)} ${account.currency}`;
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
