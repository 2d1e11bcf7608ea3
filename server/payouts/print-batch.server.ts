import type { Content } from "pdfmake/interfaces";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { staffPayouts } from "~/i18n/zh-CN/staff-payouts";
import { chinaDay } from "~server/clock";
import { interpolate } from "~server/documents/interpolate";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import type { Portal } from "~server/portal.server";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { StaffActor } from "~server/staff-auth/actor";
import { readBatch, type BatchView } from "./read-batch.server";

/** The payout list of a batch as a PDF: code names, amounts, the total in 大写, the hash that was signed. No names. */
export async function printBatch(
  portal: Pick<Portal, "db">,
  batchId: string,
  actor: StaffActor,
): Promise<{ bytes: Buffer; fileName: string }> {
  const batch = await readBatch(portal.db, batchId, actor);
  const { number, lines, totalFen, hash } = batch;
  const sha256 = hashContent({ number, hash, totalFen, lines: lines.map(({ reference }) => reference) });
  const bytes = await makePdf({
    ...{ title: `${staffPayouts.pdf.title} ${number}`, number, sha256, createdAt: batch.preparedAt },
    content: layOut(batch),
  });
  return { bytes, fileName: `${number}.pdf` };
}

function layOut(batch: BatchView): Content {
  const said = staffPayouts.pdf;
  const total = BigInt(batch.totalFen);
  return [
    { text: said.title, style: "title" },
    { text: batch.number, alignment: "center", margin: [0, 0, 0, 10] },
    { text: `${said.source}：${batch.source}` },
    { text: `${said.frozenOn}：${formatDay(chinaDay(batch.preparedAt))}` },
    { text: `${said.preparer}：${batch.preparedBy}　${said.cashier}：${batch.cashier}` },
    {
      text: `${said.releasedBy}：${batch.releases.map(({ person }) => person).join("、") || said.none}`,
    },
    { text: `${said.hash}：${batch.hash}`, style: "small", margin: [0, 2, 0, 8] },
    {
      table: {
        headerRows: 1,
        widths: [30, 80, "*", 110],
        body: [
          [said.position, said.codeName, said.reference, { text: said.amount, alignment: "right" }],
          ...batch.lines.map(({ position, codeName, reference, amountFen }) => [
            String(position),
            codeName,
            reference,
            { text: formatFen(amountFen), alignment: "right" as const },
          ]),
        ],
      },
      layout: "lightHorizontalLines",
    },
    {
      text: `${said.total}：${formatFen(total)}　${interpolate(said.words, { words: capitalAmount(total) })}`,
      bold: true,
      margin: [0, 10, 0, 4],
    },
    { text: said.noNames, style: "small" },
  ];
}
