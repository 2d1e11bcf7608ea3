import type { Content, TableCell } from "pdfmake/interfaces";
import { staffBooks } from "~/i18n/zh-CN/staff-books";
import { staffFinance } from "~/i18n/zh-CN/staff-finance";
import { formatDay } from "~/i18n/format-date";
import { interpolate } from "~server/documents/interpolate";
import { printDecimal } from "~server/ledger/print-amount";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { BookVoucher, VoucherEntry } from "./read-vouchers.server";
import { LINES, eventName } from "./table-layout";

/** 记账凭证, one block a posting: summary, accounts, debit, credit, 大写, who made and who signed, and its code. */
export function layOutVouchers(vouchers: readonly BookVoucher[]) {
  return (): Content => vouchers.map((voucher, at) => layOutOne(voucher, at > 0));
}

function layOutOne(voucher: BookVoucher, apart: boolean): Content {
  const said = staffBooks.pdf;
  // Both books carry the same amount: the voucher's is that of one.
  const book = voucher.entries[0]?.book;
  const total = voucher.entries
    .filter((entry) => entry.book === book)
    .reduce((sum, { amountFen }) => sum + amountFen, 0n);
  const { signers } = voucher;
  const about = [
    eventName(voucher.event),
    voucher.codeName === null ? "" : interpolate(said.award, { code: voucher.codeName }),
    voucher.corrects === null ? "" : interpolate(said.corrects, { number: voucher.corrects }),
  ].filter((part) => part !== "");
  const body: TableCell[][] = [
    [said.summary, said.account, right(said.debit), right(said.credit)],
    ...voucher.entries.flatMap((entry, at) => [
      [at === 0 ? about.join("，") : "", account(entry, entry.debitKind), right(amount(entry, voucher)), ""],
      ["", `　${account(entry, entry.creditKind)}`, "", right(amount(entry, voucher))],
    ]),
  ];
  return {
    unbreakable: true,
    margin: [0, apart ? 26 : 0, 0, 0],
    stack: [
      { text: said.voucher, style: "title" },
      {
        columns: [
          { width: "*", text: interpolate(said.unit, { source: voucher.source }) },
          {
            width: "auto",
            text: interpolate(said.date, { day: formatDay(voucher.eventOn) }),
            margin: [0, 0, 16, 0],
          },
          { width: "auto", text: `${staffBooks.number} ${voucher.name}`, bold: true },
        ],
        margin: [0, 0, 0, 6],
      },
      { table: { widths: [150, "*", 90, 90], headerRows: 1, body }, layout: LINES },
      {
        columns: [
          {
            width: "*",
            stack: [
              ...(voucher.currency === "CNY"
                ? [
                    {
                      text: interpolate(said.capital, { words: capitalAmount(total) }),
                      margin: [0, 6, 0, 4] as [number, number, number, number],
                    },
                  ]
                : []),
              {
                text: [
                  interpolate(said.prepared, { name: voucher.poster ?? said.system }),
                  interpolate(said.reviewed, { name: signers.review ?? said.nobody }),
                  interpolate(said.approved, { name: signers.approve ?? said.nobody }),
                ].join("　　"),
              },
              ...(voucher.signedHash === null
                ? []
                : [{ text: interpolate(said.signedHash, { hash: voucher.signedHash }), style: "small" }]),
            ],
          },
          {
            width: 64,
            qr: `${voucher.name} ${voucher.signedHash ?? voucher.id}`,
            fit: 60,
            alignment: "right",
            margin: [0, 6, 0, 0],
          },
        ],
      },
    ],
  };
}

function account({ book, fiscalYear }: VoucherEntry, kind: string): string {
  const { budget } = staffFinance;
  const name = budget.kinds[kind as keyof typeof budget.kinds];
  const year = fiscalYear === null ? "" : interpolate(staffBooks.pdf.yearOf, { year: fiscalYear });
  return `${staffBooks.books[book as keyof typeof staffBooks.books]} ${year}${year === "" ? "" : " "}${name}`;
}

const right = (text: string): TableCell => ({ text, alignment: "right" });
const amount = ({ amountFen }: VoucherEntry, { currency }: BookVoucher) =>
  printDecimal(amountFen.toString(), currency);
