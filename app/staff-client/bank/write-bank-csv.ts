import { looksLikeFormula, type BankFormat } from "~/forms/bank-format";
import { encodeGb18030 } from "./gb18030";
import { faultOf, yuan, type BankFault, type Payment, type Written } from "./payment";

type CsvFormat = Pick<BankFormat, "csv" | "purpose">;

/**
 * A batch as the CSV the bank takes: its columns, headers, delimiter, unit of money and charset are the office's
 * settings. A cell a spreadsheet would run (= + - @, a tab or a line end in front) is quoted where the bank allows it
 * and otherwise no file is built (product 34). Lines end in CRLF; UTF-8 begins with its mark.
 */
export function writeBankCsv(
  payments: readonly Payment[],
  format: CsvFormat,
): Written<Uint8Array<ArrayBuffer>> {
  const fault = faultOf(payments);
  if (fault !== null) return { ok: false, fault };
  const rows: string[][] = format.csv.header ? [format.csv.columns.map(({ header }) => header)] : [];
  for (const payment of payments) {
    const cells: string[] = [];
    for (const column of format.csv.columns) {
      const text = textOf(column, payment, format);
      const safe = neutralise(text, format.csv.formulas);
      if (safe === null) return refuse(payment.position, "formula");
      cells.push(safe);
    }
    rows.push(cells);
  }
  const { delimiter, charset } = format.csv;
  const text = rows.map((cells) => cells.map((cell) => quote(cell, delimiter)).join(delimiter)).join("\r\n");
  const bytes =
    charset === "gb18030" ? encodeGb18030(`${text}\r\n`) : new TextEncoder().encode(`\ufeff${text}\r\n`);
  return bytes === null ? refuse(0, "charset") : { ok: true, file: bytes };
}

function textOf(column: CsvFormat["csv"]["columns"][number], payment: Payment, format: CsvFormat): string {
  const { payee } = payment;
  switch (column.field) {
    case "position":
      return String(payment.position);
    case "endToEndId":
      return payment.endToEndId;
    case "name":
    case "account":
    case "bankName":
      return payee[column.field];
    case "bankCode":
      return payee.bankCode ?? "";
    case "amount":
      return format.csv.amountUnit === "fen" ? payment.amountFen.toString() : yuan(payment.amountFen);
    case "currency":
      return "CNY";
    case "purpose":
      return format.purpose;
    case "fixed":
      return column.text ?? "";
  }
}

function neutralise(text: string, formulas: "quote" | "refuse"): string | null {
  if (!looksLikeFormula(text)) return text;
  return formulas === "quote" ? `'${text}` : null;
}

function quote(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function refuse(position: number, why: BankFault["why"]): { ok: false; fault: BankFault } {
  return { ok: false, fault: { position, why } };
}
