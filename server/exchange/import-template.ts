import { stringify } from "csv-stringify/sync";
import { IMPORT_COLUMNS } from "./import-columns";

/** A header with every column and one row that loads, as CSV with a byte order mark: spreadsheets then see UTF-8. */
export function importTemplate(): string {
  return stringify(
    [
      IMPORT_COLUMNS.map(({ chinese, column }) => chinese[0] ?? column),
      IMPORT_COLUMNS.map(({ example }) => example),
    ],
    { bom: true, record_delimiter: "\r\n", escape_formulas: true },
  );
}
