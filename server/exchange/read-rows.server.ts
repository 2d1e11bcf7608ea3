import { Readable } from "node:stream";
import { CsvError, parse, type Info } from "csv-parse";
import { InputFault } from "./input-fault";
import { IMPORT_COLUMNS, columnOf } from "./import-columns";
import { IMPORT_REASONS, type ImportReason } from "./import-reasons";
import type { Cells, RowFault } from "./read-cells";
import { splitJson } from "./split-json";

/** A row with its number: as a spreadsheet counts (the header is row 1), or as an item of JSON from 1. */
export type FileRow = { readonly row: number } & (
  { readonly cells: Cells } | { readonly faults: readonly RowFault[] }
);

/** Longer than any row may be by the form's rules, and short enough to be held many times. */
const LARGEST_ROW = 256 * 1024;

const badRow = (row: number, reason: ImportReason, column: string | null = null): FileRow => ({
  row,
  faults: [{ column, reason: IMPORT_REASONS[reason] }],
});

/**
 * The rows of a CSV file: comma, tab or semicolon, whichever its header uses. Empty rows are passed over. Throws
 * InputFault for a header with a column that is unknown, missing or twice there.
 */
export async function* readCsvRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  const { first, all } = await peekLine(text);
  // The parser reads ahead of what is asked of it, so a bad record is put back in its place by the count before it.
  const failed: { after: number; fault: ImportReason }[] = [];
  let skipped = 0;
  const parser = parse({
    delimiter: [",", "\t", ";"].find((one) => first.includes(one)) ?? ",",
    bom: true,
    relax_column_count: true,
    // A quote inside an unquoted cell is text, as spreadsheets read it.
    relax_quotes: true,
    skip_records_with_error: true,
    max_record_size: LARGEST_ROW,
    info: true,
    on_skip: (error) => {
      const tooLarge = error instanceof CsvError && error.code === "CSV_MAX_RECORD_SIZE";
      const after = Number((error as { records?: unknown } | undefined)?.records ?? 0);
      failed.push({ after, fault: tooLarge ? "tooLarge" : "badQuotes" });
    },
  });
  const source = Readable.from(all);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: readonly string[] | null = null;
  const failedBefore = function* (records: number): Generator<FileRow> {
    while (failed[0] !== undefined && failed[0].after < records) {
      const { after, fault } = failed.shift() ?? failed[0];
      skipped += 1;
      yield badRow(after + skipped, fault);
    }
  };
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
    yield* failedBefore(info.records);
    const row = info.records + skipped;
    if (columns === null) {
      columns = readHeader(record);
      continue;
    }
    if (record.every((cell) => cell.trim() === "")) continue;
    // A spreadsheet leaves empty cells behind the last column.
    const rest = record.slice(columns.length).every((cell) => cell.trim() === "");
    if (record.length < columns.length || !rest) yield badRow(row, "cellCount");
    else yield { row, cells: Object.fromEntries(columns.map((name, at) => [name, record[at] ?? ""])) };
  }
  yield* failedBefore(Infinity);
  if (columns === null) throw new InputFault("header", "the file is empty; --template csv prints a header");
}

function readHeader(record: readonly string[]): string[] {
  const names = [...record];
  while (names.length > 0 && names.at(-1)?.trim() === "") names.pop();
  const columns = names.map((name, at) => {
    const column = columnOf(name);
    if (column === null) {
      const shown = JSON.stringify(name.trim().slice(0, 40));
      throw new InputFault(`header.${String(at + 1)}`, `unknown column ${shown}; --columns lists them`);
    }
    return column;
  });
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw new InputFault(`header.${twice}`, "this column is there twice");
  for (const { column, required } of IMPORT_COLUMNS) {
    if (required && !columns.includes(column))
      throw new InputFault(`header.${column}`, "this column is missing");
  }
  return columns;
}

/** The first line, and the whole text again. */
async function peekLine(text: AsyncIterable<string>): Promise<{ first: string; all: AsyncIterable<string> }> {
  const pieces = text[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  let head = "";
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) break;
    head += value;
    if (/[\r\n]/.test(head) || head.length > LARGEST_ROW) break;
  }
  const all = (async function* () {
    yield head;
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) return;
      yield value;
    }
  })();
  return { first: /^[^\r\n]*/.exec(head)?.[0] ?? "", all };
}

/** The items of a JSON array or of NDJSON. */
export async function* readJsonRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let row = 0;
  for await (const piece of splitJson(text, LARGEST_ROW)) {
    row += 1;
    yield piece.tooLarge ? badRow(row, "tooLarge") : readItem(row, piece.text);
  }
  if (row === 0) throw new InputFault("items", "the file holds no JSON objects");
}

function readItem(row: number, text: string): FileRow {
  let item: unknown;
  try {
    item = JSON.parse(text);
  } catch {
    return badRow(row, "badJson");
  }
  if (typeof item !== "object" || item === null || Array.isArray(item)) return badRow(row, "notAnObject");
  const cells: Record<string, string> = {};
  for (const [key, value] of Object.entries(item)) {
    const column = columnOf(key);
    if (column === null) return badRow(row, "unknownColumn");
    const told = readValue(value);
    if (told === null) return badRow(row, "notText", column);
    cells[column] = told;
  }
  return { row, cells };
}

/** A value as a cell; a list becomes one with its items on lines of their own. */
function readValue(value: unknown): string | null {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "是" : "否";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (!Array.isArray(value)) return null;
  const items = value.map((one) => (Array.isArray(one) ? null : readValue(one)));
  return items.every((one) => one !== null) ? items.join("\n") : null;
}
