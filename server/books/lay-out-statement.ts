import type { Content, TableCell } from "pdfmake/interfaces";
import { staffBooks } from "~/i18n/zh-CN/staff-books";
import { staffFinance } from "~/i18n/zh-CN/staff-finance";
import { interpolate } from "~server/documents/interpolate";
import { groupRows } from "~server/ledger/group-rows";
import { printDecimal } from "~server/ledger/print-amount";
import { capitalAmount } from "~server/rewards/capital-amount";
import { head } from "./lay-out-payouts";
import type { Month } from "./month";
import type { StatementLine } from "./read-statement.server";
import { LINES } from "./table-layout";

/** The month of every fund: each account's opening balance, movements and closing balance, treasury in 大写 too. */
export function layOutStatement(lines: readonly StatementLine[], month: Month) {
  const said = staffBooks.pdf;
  return (sha256: string, madeOn: string): Content => [
    { text: said.statement, style: "title" },
    head(month, madeOn),
    lines.length === 0
      ? { text: said.noMovement }
      : [...byFund(lines)].map(([source, own]) => layOutFund(source, own)),
    { qr: sha256, fit: 70, alignment: "right", margin: [0, 12, 0, 0] },
  ];
}

const byFund = (lines: readonly StatementLine[]) =>
  groupRows(lines, ({ source, currency }) => `${source}（${currency}）`);

function layOutFund(source: string, lines: readonly StatementLine[]): Content {
  const said = staffBooks.pdf;
  const treasury = lines.find(({ kind, currency }) => kind === "treasury" && currency === "CNY");
  return [
    { text: source, style: "heading" },
    {
      table: {
        widths: ["*", 88, 88, 88, 88],
        headerRows: 1,
        body: [
          [said.account, right(said.opening), right(said.debits), right(said.credits), right(said.closing)],
          ...lines.map((line): TableCell[] => [
            name(line),
            ...[line.openingFen, line.debitFen, line.creditFen, line.closingFen].map((fen) =>
              right(printDecimal(fen.toString(), line.currency)),
            ),
          ]),
        ],
      },
      layout: LINES,
    },
    treasury === undefined || treasury.closingFen < 0n
      ? []
      : {
          text: `${name(treasury)}${said.closing} ${interpolate(said.capital, { words: capitalAmount(treasury.closingFen) })}`,
          margin: [0, 4, 0, 0],
        },
  ];
}

function name({ book, fiscalYear, kind }: StatementLine): string {
  const { kinds } = staffFinance.budget;
  const year = fiscalYear === null ? "" : `${interpolate(staffBooks.pdf.yearOf, { year: fiscalYear })} `;
  return `${staffBooks.books[book]} ${year}${kinds[kind as keyof typeof kinds]}`;
}

const right = (text: string): TableCell => ({ text, alignment: "right" });
