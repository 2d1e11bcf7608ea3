import { readLines } from "./read-lines";

/** A record of a CSV file with its row, counted as a spreadsheet counts (the first is row 1), or why it is none. */
export type CsvRecord = { readonly row: number } & (
  { readonly cells: readonly string[] } | { readonly fault: "badQuotes" | "tooLarge" }
);

export type CsvRules = {
  /** Characters a row may have; no more than this and one piece of the file is ever held. */
  readonly largest: number;
  /** Whether there is a cell for each column: a record of several lines with more or fewer has taken in others. */
  readonly fits: (cells: readonly string[]) => boolean;
  /**
   * Whether a line is a row of this file by its cells: how a row shows that a stray quote took it in. The last line of
   * a record has the record's own end, so that it takes more than their number to tell (`byKind`).
   */
  readonly isRow: (cells: readonly string[], byKind: boolean) => boolean;
};

/** Lines one quoted cell may run over: more than any narrative has, few enough that a stray quote is soon found. */
const MOST_LINES = 200;

/**
 * The records of a CSV file, by comma, tab or semicolon, whichever its first line uses. Every line of the file is part
 * of a record or is named: where a quoted cell does not end within 200 lines or the largest row, is followed by other
 * text than its delimiter, holds lines that are rows themselves, or leaves a record with another number of cells than
 * the header, only its first line is bad and the next line starts a record again. A quote inside an unquoted cell is
 * text, as spreadsheets read it.
 */
export async function* splitCsv(text: AsyncIterable<string>, rules: CsvRules): AsyncGenerator<CsvRecord> {
  const source: AsyncIterator<string | null, undefined> = readLines(text, rules.largest);
  /** Lines read and not yet part of a record; null is one that is too large. */
  const ahead: (string | null)[] = [];
  let delimiter: string | null = null;
  const lineAt = async (at: number): Promise<string | null | undefined> => {
    while (ahead.length <= at) {
      const next = await source.next();
      if (next.done === true) return undefined;
      ahead.push(next.value);
    }
    return ahead[at];
  };
  for (let row = 1; ; row += 1) {
    const first = await lineAt(0);
    if (first === undefined) return;
    if (first === null) {
      ahead.shift();
      yield { row, fault: "tooLarge" };
      continue;
    }
    delimiter ??= [",", "\t", ";"].find((one) => first.includes(one)) ?? ",";
    const record = openRecord(delimiter);
    record.add(first);
    let length = first.length;
    let used = 1;
    while (record.isOpen()) {
      const next = used < MOST_LINES ? await lineAt(used) : null;
      // Nothing behind it, or nothing that could belong to it.
      if (next === undefined || next === null || length + next.length > rules.largest) break;
      record.add(next);
      length += next.length;
      used += 1;
      if (record.isOpen() && rules.isRow(cellsOf(next, delimiter), false)) break;
    }
    const cells = record.cells();
    const lines = ahead.slice(0, used);
    if (
      cells === null ||
      (used > 1 && (!rules.fits(cells) || tookRows(lines, record.runsFrom(), delimiter, rules)))
    ) {
      ahead.shift();
      yield { row, fault: "badQuotes" };
      continue;
    }
    ahead.splice(0, used);
    yield { row, cells };
  }
}

/** Whether the last line of a record is a row of its own; where the first cell runs over lines, it ends as one anyway. */
function tookRows(
  lines: readonly (string | null)[],
  runsFrom: number,
  delimiter: string,
  { isRow }: CsvRules,
): boolean {
  const alone = (line: string | null | undefined) => isRow((line ?? "").split(delimiter), true);
  return alone(lines.at(-1)) && (runsFrom > 0 || alone(lines[0]));
}

function cellsOf(line: string, delimiter: string): readonly string[] {
  const record = openRecord(delimiter);
  record.add(line);
  return record.cells() ?? line.split(delimiter);
}

/** A record being read a line at a time. */
function openRecord(delimiter: string) {
  const cells: string[] = [];
  let quoted: string | null = null;
  let runsFrom = -1;
  let runs = false;
  let broken = false;
  /** The rest of a line outside quotes. */
  const plain = (line: string, from: number): void => {
    let at = from;
    for (;;) {
      if (line[at] === '"') {
        quoted = "";
        runs = false;
        inside(line, at + 1);
        return;
      }
      const end = line.indexOf(delimiter, at);
      cells.push(line.slice(at, end === -1 ? undefined : end));
      if (end === -1) return;
      at = end + delimiter.length;
    }
  };
  /** The rest of a line inside quotes. */
  const inside = (line: string, from: number): void => {
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote === -1) {
        quoted = (quoted ?? "") + line.slice(at);
        return;
      }
      quoted = (quoted ?? "") + line.slice(at, quote);
      if (line[quote + 1] === '"') {
        quoted += '"';
        at = quote + 2;
        continue;
      }
      const behind = quote + 1;
      const cell = quoted;
      quoted = null;
      if (behind === line.length) {
        cells.push(cell);
        return;
      }
      if (line.startsWith(delimiter, behind)) {
        cells.push(cell);
        plain(line, behind + delimiter.length);
        return;
      }
      // Another row's quote, where lines lie between; on one line, text that begins with a quote.
      if (runs) {
        broken = true;
        return;
      }
      const end = line.indexOf(delimiter, behind);
      cells.push(`"${cell}"${line.slice(behind, end === -1 ? undefined : end)}`);
      if (end !== -1) plain(line, end + delimiter.length);
      return;
    }
  };
  return {
    add: (line: string): void => {
      if (quoted === null) {
        plain(line, 0);
        return;
      }
      if (runsFrom === -1) runsFrom = cells.length;
      runs = true;
      quoted += "\n";
      inside(line, 0);
    },
    isOpen: (): boolean => quoted !== null && !broken,
    /** The first cell that runs over lines; -1 for none. */
    runsFrom: (): number => runsFrom,
    /** Null while a quote is open, or where quotes do not pair. */
    cells: (): readonly string[] | null => (quoted !== null || broken ? null : cells),
  };
}
