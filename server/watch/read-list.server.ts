import { Readable } from "node:stream";
import { parse, type Info } from "csv-parse";
import { DomainError } from "~server/errors.server";
import { decodeFile, type Encoding } from "~server/exchange/decode-file.server";
import { LIST_ROWS, listColumnOf, type ListColumn, type ListFault } from "./list-columns";
import { readListRow, type ReadRow } from "./read-list-row";

const LARGEST_ROW = 64 * 1024;

/**
 * The rows of a registration list (comma, tab or semicolon; the header is row 1), each read or with its fault, never
 * the whole file in memory. A company that stands there twice is bad the second time. Throws `list_header` (400) where no
 * column is the name, `list_too_long` (413) after 100,000 rows.
 */
export async function* readList(file: string, encoding: Encoding): AsyncGenerator<ReadRow | ListFault> {
  const failed: number[] = [];
  const parser = parse({
    delimiter: await delimiterOf(file, encoding),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    max_record_size: LARGEST_ROW,
    info: true,
    on_skip: (error) => {
      failed.push(Number((error as { records?: unknown } | undefined)?.records ?? 0));
    },
  });
  const source = Readable.from(decodeFile(file, encoding));
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: readonly (ListColumn | null)[] | null = null;
  let skipped = 0;
  const seen = new Set<string>();
  const failedBefore = function* (records: number): Generator<ListFault> {
    for (let first = failed[0]; first !== undefined && first < records; first = failed[0]) {
      failed.shift();
      skipped += 1;
      yield { row: first + skipped, column: null, fault: "badQuotes" };
    }
  };
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield* failedBefore(info.records);
      const row = info.records + skipped;
      if (columns === null) {
        columns = readHeader(record);
        continue;
      }
      if (record.every((cell) => cell.trim() === "")) continue;
      if (row > LIST_ROWS + 1) throw tooLong();
      yield readRecord(row, columns, record, seen);
    }
  } finally {
    source.destroy();
    parser.destroy();
  }
  yield* failedBefore(Infinity);
  if (columns === null) throw noHeader();
}

function readRecord(
  row: number,
  columns: readonly (ListColumn | null)[],
  record: readonly string[],
  seen: Set<string>,
): ReadRow | ListFault {
  const rest = record.slice(columns.length).every((cell) => cell.trim() === "");
  if (record.length < columns.length || !rest) return { row, column: null, fault: "cellCount" };
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

async function delimiterOf(file: string, encoding: Encoding): Promise<string> {
  let head = "";
  for await (const piece of decodeFile(file, encoding)) {
    head += piece;
    if (/[\r\n]/.test(head) || head.length > LARGEST_ROW) break;
  }
  const first = /^[^\r\n]*/.exec(head)?.[0] ?? "";
  return [",", "\t", ";"].find((one) => first.includes(one)) ?? ",";
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
