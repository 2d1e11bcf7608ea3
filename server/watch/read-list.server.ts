import { DomainError } from "~server/errors.server";
import { decodeFile, type Encoding } from "~server/exchange/decode-file.server";
import { splitCsv } from "~server/exchange/split-csv";
import { LIST_ROWS, listColumnOf, type ListColumn, type ListFault } from "./list-columns";
import { readListRow, type ReadRow } from "./read-list-row";

const LARGEST_ROW = 64 * 1024;

/**
 * The rows of a registration list (comma, tab or semicolon; the header is row 1), each read or with its fault, never
 * the whole file in memory. A company that stands there twice is bad the second time. Throws `list_header` (400) where no
 * column is the name, `list_too_long` (413) after 100,000 rows.
 */
export async function* readList(file: string, encoding: Encoding): AsyncGenerator<ReadRow | ListFault> {
  let columns: readonly (ListColumn | null)[] | null = null;
  const isRow = (cells: readonly string[], byKind: boolean) =>
    columns !== null && looksLikeRow(columns, cells, byKind);
  const seen = new Set<string>();
  const rules = {
    largest: LARGEST_ROW,
    isRow,
    fits: (cells: readonly string[]) => columns === null || fits(columns, cells),
  };
  for await (const record of splitCsv(decodeFile(file, encoding), rules)) {
    const { row } = record;
    if (columns === null) {
      if ("fault" in record) throw noHeader();
      columns = readHeader(record.cells);
      continue;
    }
    if ("cells" in record && record.cells.every((cell) => cell.trim() === "")) continue;
    if (row > LIST_ROWS + 1) throw tooLong();
    yield "fault" in record
      ? { row, column: null, fault: "badQuotes" }
      : readRecord(row, columns, record.cells, seen);
  }
  if (columns === null) throw noHeader();
}

/** Whether there is a cell for each column; a spreadsheet leaves empty cells behind the last one. */
function fits(columns: readonly unknown[], cells: readonly string[]): boolean {
  return cells.length >= columns.length && cells.slice(columns.length).every((cell) => cell.trim() === "");
}

/** Whether a line of a quoted cell is a row of the list: its cells fit, and it has a company's code where it can. */
function looksLikeRow(
  columns: readonly (ListColumn | null)[],
  cells: readonly string[],
  byKind: boolean,
): boolean {
  if (columns.length < 2 || !fits(columns, cells)) return false;
  return !byKind || /^\W*[0-9A-Z]{18}\W*$/i.test(cells[columns.indexOf("uscc")] ?? "");
}

function readRecord(
  row: number,
  columns: readonly (ListColumn | null)[],
  record: readonly string[],
  seen: Set<string>,
): ReadRow | ListFault {
  if (!fits(columns, record)) return { row, column: null, fault: "cellCount" };
  const cells: Partial<Record<ListColumn, string>> = {};
  for (const [at, column] of columns.entries()) if (column !== null) cells[column] = record[at];
  const read = readListRow(row, cells);
  if ("fault" in read) return read;
  if (seen.has(read.entryKey))
    return { row, column: read.facts.uscc === null ? "name" : "uscc", fault: "twice" };
  seen.add(read.entryKey);
  return read;
}

function readHeader(record: readonly string[]): (ListColumn | null)[] {
  const names = [...record];
  while (names.length > 0 && names.at(-1)?.trim() === "") names.pop();
  const columns = names.map(listColumnOf);
  const twice = columns.some((column, at) => column !== null && columns.indexOf(column) !== at);
  if (!columns.includes("name") || twice) throw noHeader();
  return columns;
}

function noHeader(): DomainError {
  return new DomainError(
    "list_header",
    400,
    "没有读懂这份名录：第一行应当是列名，其中要有“企业名称”，同一列不能出现两次。请核对后重新选择文件。",
  );
}

function tooLong(): DomainError {
  return new DomainError("list_too_long", 413, "名录超过 10 万行，请按地区或者登记年份拆开后分次载入。");
}
