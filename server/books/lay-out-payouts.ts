import type { Content, TableCell } from "pdfmake/interfaces";
import { formatDay } from "~/i18n/format-date";
import { staffBooks } from "~/i18n/zh-CN/staff-books";
import { interpolate } from "~server/documents/interpolate";
import { printDecimal } from "~server/ledger/print-amount";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { Month } from "./month";
import type { BookPayout } from "./read-payouts.server";
import { LINES } from "./table-layout";

/** The month's payments by code name, with what was really paid in digits and 大写. */
export function layOutPayouts(payouts: readonly BookPayout[], month: Month) {
  const said = staffBooks.pdf;
  return (sha256: string, madeOn: string): Content => {
    const paid = payouts.filter(({ status, currency }) => status === "live" && currency === "CNY");
    const total = paid.reduce((sum, { amountFen }) => sum + amountFen, 0n);
    return [
      { text: said.payouts, style: "title" },
      head(month, madeOn),
      payouts.length === 0
        ? { text: said.noPayouts }
        : {
            table: {
              widths: [70, 70, "*", 40, 45, 90],
              headerRows: 1,
              body: [
                [said.paidOn, said.code, said.reference, said.way, said.state, right(staffBooks.amount)],
                ...payouts.map((payout): TableCell[] => [
                  formatDay(payout.paidOn),
                  payout.codeName,
                  payout.reference,
                  said.ways[payout.kind as keyof typeof said.ways],
                  said.states[payout.status as keyof typeof said.states],
                  right(`${printDecimal(payout.amountFen.toString(), payout.currency)} ${payout.currency}`),
                ]),
              ],
            },
            layout: LINES,
          },
      {
        columns: [
          {
            width: "*",
            margin: [0, 10, 0, 0],
            stack: [
              {
                text: interpolate(said.paidTotal, {
                  count: paid.length,
                  amount: printDecimal(total.toString(), "CNY"),
                }),
              },
              { text: interpolate(said.capital, { words: capitalAmount(total) }), bold: true },
            ],
          },
          { width: 74, qr: sha256, fit: 70, alignment: "right", margin: [0, 8, 0, 0] },
        ],
      },
    ];
  };
}

/** Which month a document is of, and the day it was made. */
export function head({ year, month }: Month, madeOn: string): Content {
  const said = staffBooks.pdf;
  return {
    columns: [
      { width: "*", text: interpolate(said.scope, { year, month }) },
      { width: "auto", text: interpolate(said.made, { day: formatDay(madeOn) }) },
    ],
    margin: [0, 0, 0, 8],
  };
}

const right = (text: string): TableCell => ({ text, alignment: "right" });
