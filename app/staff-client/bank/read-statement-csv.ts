import { parse } from "csv-parse/browser/esm/sync";
import { BLANK, type BankFormat } from "~/forms/bank-format";
import { MAX_STATEMENT_LINES, type BankStatus, type StatementLine } from "~/forms/statement-line";
import { MAX_STATEMENT_BYTES } from "./read-camt053";
import { allRead, ownReference, readAmount, readDay, type ReadStatement } from "./statement";

/**
 * Reads a bank's CSV statement by the office's settings into bare lines. null where a named column is missing, a figure
 * or a day cannot be read, or the bytes are not of the charset that was set; `tell` hears which line it was, the one
 * below the headers being the first.
 */
export function readStatementCsv(
  bytes: Uint8Array,
  format: BankFormat["statement"],
  tell: (line: number) => void = () => undefined,
): ReadStatement | null {
  if (bytes.length > MAX_STATEMENT_BYTES) return null;
  try {
    const text = new TextDecoder(format.charset, { fatal: true }).decode(bytes);
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter: format.delimiter,
      from_line: format.skip + 1,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: MAX_STATEMENT_LINES + 2,
    });
    const [header, ...body] = rows;
    if (header === undefined) return null;
    const { columns } = format;
    const place = (name: string | undefined) => (name === undefined ? null : header.indexOf(name));
    const places = {
      endToEndId: place(columns.endToEndId),
      date: place(columns.date),
      amount: place(columns.amount),
      direction: place(columns.direction),
      status: place(columns.status),
    };
    if (Object.values(places).includes(-1)) return null;
    const read = body.map((row) => {
      const cell = (name: keyof typeof places) => {
        const at = places[name];
        return at === null ? "" : (row[at] ?? "").replace(/^'/, "").trim();
      };
      return readRow(cell, format);
    });
    const lines = allRead(read, tell);
    return lines && { lines, openingFen: null, closingFen: null, closedOn: null };
  } catch {
    return null;
  }
}

function readRow(
  cell: (name: "endToEndId" | "date" | "amount" | "direction" | "status") => string,
  { amountUnit, words, columns }: BankFormat["statement"],
): StatementLine | null {
  const said = cell("amount");
  const amountFen = readAmount(said.replace(/^-/, ""), amountUnit);
  const date = readDay(cell("date"));
  if (amountFen === null || amountFen <= 0n || date === null) return null;
  const red = said.startsWith("-");
  // 红字冲销: an entry of less than nothing takes one of its column back, and money goes the other way.
  const out = columns.direction === undefined ? red : words.out.includes(cell("direction")) !== red;
  const word = cell("status");
  if (columns.status !== undefined && !isKnown(word, words)) return null;
  const status: BankStatus = words.pending.includes(word)
    ? "pending"
    : words.rejected.includes(word)
      ? "rejected"
      : words.returned.includes(word) && !(columns.direction !== undefined && red && out)
        ? "returned"
        : out
          ? "out"
          : "in";
  return { endToEndId: ownReference(cell("endToEndId")), amountFen: amountFen.toString(), date, status };
}

/**
 * Whether the office said what a status means: no other is taken for a payment that went; the office adds how its bank
 * writes it. Where no word for what is booked was set (a format of before), none of the others may stand in it either:
 * `交易失败` where `失败` was set.
 */
function isKnown(word: string, { booked, ...words }: BankFormat["statement"]["words"]): boolean {
  const others = [...words.pending, ...words.rejected, ...words.returned];
  if (others.includes(word) || booked.includes(word === "" ? BLANK : word)) return true;
  return (
    booked.length === 0 && !others.some((each) => /^\p{Script=Han}{2,}$/u.test(each) && word.includes(each))
  );
}
