import { InputFault } from "./input-fault";
import { IMPORT_COLUMNS, columnOf, columnTitle } from "./import-columns";
import { IMPORT_REASONS, type ImportReason } from "./import-reasons";
import type { Cells, RowFault } from "./read-cells";
import { splitCsv } from "./split-csv";
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
 * The rows of a CSV file (`splitCsv`): each read or named as bad. Empty rows are passed over. Throws InputFault for a
 * header with a column that is unknown, missing or twice there.
 */
export async function* readCsvRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let columns: readonly string[] | null = null;
  const isRow = (cells: readonly string[], byKind: boolean) =>
    columns !== null && looksLikeRow(columns, cells, byKind);
  const rules = {
    largest: LARGEST_ROW,
    isRow,
    fits: (cells: readonly string[]) => columns === null || fits(columns, cells),
  };
  for await (const record of splitCsv(text, rules)) {
    const { row } = record;
    if (columns === null) {
      if ("fault" in record)
        throw new InputFault(
          { path: "header", code: "headerUnreadable" },
          "a quote in it is not closed, or it is too long; --columns lists names",
        );
      columns = readHeader(record.cells);
      continue;
    }
    if ("fault" in record) {
      yield badRow(row, record.fault);
      continue;
    }
    const { cells } = record;
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (!fits(columns, cells)) yield badRow(row, "cellCount");
    else yield { row, cells: Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""])) };
  }
  if (columns === null)
    throw new InputFault(
      { path: "header", code: "headerEmpty" },
      "the file is empty; --template csv prints a header",
    );
}

/** Whether there is a cell for each column; a spreadsheet leaves empty cells behind the last one. */
function fits(columns: readonly string[], cells: readonly string[]): boolean {
  return cells.length >= columns.length && cells.slice(columns.length).every((cell) => cell.trim() === "");
}

/** A number as offices give them: letters of any script, digits and joints, no space and no mark of a sentence. */
const ID_LIKE = /^(?=.*\p{N})[\p{L}\p{M}\p{N}\w./#\-–—－·()（）[\]［］【】〔〕〈〉]{1,100}$/u;

/** More cells than a line of a narrative has commas. */
const MANY = 8;

/** Whether a line of a quoted cell is a row of the file: its cells fit, and those every row must have are of their kind. */
function looksLikeRow(columns: readonly string[], cells: readonly string[], byKind: boolean): boolean {
  if (!fits(columns, cells)) return false;
  if (!byKind && columns.length >= MANY) return true;
  const cell = (column: string) => (cells[columns.indexOf(column)] ?? "").replaceAll('"', "").trim();
  return /^\d{4}/.test(cell("startedOn")) && (!byKind || ID_LIKE.test(cell("externalId")));
}

function readHeader(record: readonly string[]): string[] {
  const names = [...record];
  while (names.length > 0 && names.at(-1)?.trim() === "") names.pop();
  const columns = names.map((name, at) => {
    const column = columnOf(name);
    if (column === null) {
      const shown = JSON.stringify(name.trim().slice(0, 40));
      const column = String(at + 1);
      throw new InputFault(
        { path: `header.${column}`, code: "columnUnknown", column },
        `unknown column ${shown}; --columns lists them`,
      );
    }
    return column;
  });
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined)
    throw new InputFault(
      { path: `header.${twice}`, code: "columnTwice", column: columnTitle(twice) },
      "this column is there twice",
    );
  for (const { column, required } of IMPORT_COLUMNS) {
    if (required && !columns.includes(column))
      throw new InputFault(
        { path: `header.${column}`, code: "columnMissing", column: columnTitle(column) },
        "this column is missing",
      );
  }
  return columns;
}

/** The items of a JSON array or of NDJSON. */
export async function* readJsonRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let row = 0;
  for await (const piece of splitJson(text, LARGEST_ROW)) {
    row += 1;
    yield piece.tooLarge ? badRow(row, "tooLarge") : readItem(row, piece.text);
  }
  if (row === 0) throw new InputFault({ path: "items", code: "noItems" }, "the file holds no JSON objects");
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
