import { createWriteStream, statSync, type WriteStream } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "csv-stringify/sync";
import { DESK_CHANNELS } from "~/forms/desk";
import { readChannel } from "~server/exchange/channel-names";
import { ENCODINGS, decodeFile, detectEncoding, type Encoding } from "~server/exchange/decode-file.server";
import { IMPORT_COLUMNS } from "~server/exchange/import-columns";
import { importTemplate } from "~server/exchange/import-template";
import { importTips, type BadRow, type ImportTotals } from "~server/exchange/import-tips.server";
import { InputFault } from "~server/exchange/input-fault";
import { readCsvRows, readJsonRows } from "~server/exchange/read-rows.server";
import { InputError } from "./json-command";
import { showProgress } from "./show-progress";
import type { withDatabase } from "./with-database";

/** Bad rows named on stdout, and as many passed over for their number; `--report` has them all. */
const SHOWN = 10_000;

const OPTIONS = {
  encoding: { type: "string" },
  format: { type: "string" },
  channel: { type: "string" },
  source: { type: "string" },
  report: { type: "string" },
  receipts: { type: "string" },
  threads: { type: "string" },
  columns: { type: "boolean" },
  template: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const USAGE = `tips:import -- file.csv|file.json [options]
  --format csv|json           where the file's name does not tell
  --encoding name             ${ENCODINGS.join(", ")} or gbk, where the file does not tell
  --channel name              for rows without one: ${DESK_CHANNELS.join(", ")}
  --source name               whose numbers the rows bear, so that a second run doubles nothing
  --report file               a new file for every bad row, as JSON lines
  --receipts file             a new file for the receipts, by number
  --threads count             0 to 32
tips:import -- --columns      the columns, as JSON
tips:import -- --template csv an empty form, to stdout
`;

/** What the command writes to, and how it comes by the database. */
export type Surroundings = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly withDatabase: typeof withDatabase;
};

/**
 * The command `tips:import` with these arguments; answers its exit code (`tips-import.ts`). Throws InputError, parseArgs'
 * own refusals, and what `withDatabase` and `importTips` throw.
 */
export async function importFile(args: readonly string[], around: Surroundings): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help === true) {
    around.stdout.write(USAGE);
    return 0;
  }
  if (values.columns === true) {
    const told = IMPORT_COLUMNS.map(({ column, chinese, required, rule, example }) => ({
      column,
      chinese,
      required,
      rule,
      example,
    }));
    around.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    return 0;
  }
  if (values.template !== undefined) {
    if (values.template !== "csv") throw new InputError("--template", "expected csv");
    around.stdout.write(importTemplate());
    return 0;
  }
  return load(readArguments(values, positionals), around);
}

type Given = Partial<Record<keyof typeof OPTIONS, string | boolean>>;

function readArguments(values: Given, positionals: readonly string[]) {
  const text = (name: keyof typeof OPTIONS) => {
    const value = values[name];
    return typeof value === "string" ? value : null;
  };
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new InputError("file", "name one CSV or JSON file");
  const format = (text("format") ?? (/\.(json|ndjson|jsonl)$/i.test(file) ? "json" : "csv")).toLowerCase();
  if (format !== "csv" && format !== "json") throw new InputError("--format", "expected csv or json");
  const named = text("channel");
  const channel = named === null ? null : readChannel(named);
  if (named !== null && channel === null)
    throw new InputError("--channel", `expected one of ${DESK_CHANNELS.join(", ")}`);
  const source = text("source");
  if (source !== null && !/^[\p{L}\p{N}._-]{1,60}$/u.test(source))
    throw new InputError("--source", "expected 1 to 60 letters, digits, dots, dashes or underscores");
  const threads = Number(text("threads") ?? Math.min(4, availableParallelism()));
  if (!Number.isInteger(threads) || threads < 0 || threads > 32)
    throw new InputError("--threads", "expected a whole number from 0 to 32");
  return {
    file,
    format,
    channel,
    source,
    threads,
    encoding: readEncoding(text("encoding")),
    report: text("report"),
    receipts: text("receipts"),
  };
}

function readEncoding(given: string | null): Encoding | null {
  if (given === null) return null;
  const plain = given
    .toLowerCase()
    .replace(/^utf8$/, "utf-8")
    .replace(/^(gbk|gb2312|cp936)$/, "gb18030");
  const known = ENCODINGS.find((one) => one === plain);
  if (known === undefined) throw new InputError("--encoding", `expected ${ENCODINGS.join(", ")} or gbk`);
  return known;
}

async function load(given: ReturnType<typeof readArguments>, around: Surroundings): Promise<number> {
  const { file } = given;
  const size = sizeOf(file);
  const encoding = given.encoding ?? (await detectEncoding(file));
  if (encoding === null)
    throw new InputError(
      basename(file),
      "its encoding cannot be told for certain; say --encoding utf-8 or --encoding gb18030, and rows that are not in it are named",
    );
  const report = given.report === null ? null : await openNew("--report", given.report);
  const receipts = given.receipts === null ? null : await openNew("--receipts", given.receipts);
  if (receipts !== null) {
    around.stderr.write(
      "--receipts: whoever reads this file can read and answer as the reporters; hand the receipts over, then destroy it\n",
    );
    await write(receipts, stringify([["externalId", "receipt"]], { bom: true }));
  }
  let readBytes = 0;
  const text = decodeFile(file, encoding, (bytes) => (readBytes += bytes));
  const progress = showProgress<ImportTotals>(around.stderr, {
    share: () => (size === 0 ? 1 : readBytes / size),
    say: ({ rows, bad }, seconds) =>
      `${String(rows)} rows, ${String(bad)} bad, ${String(Math.round(rows / seconds))} rows/s`,
  });
  const errors: ReturnType<typeof tellBad>[] = [];
  let leftOut = 0;
  const alreadyRows: number[] = [];
  try {
    const totals = await around.withDatabase(async ({ portal }): Promise<ImportTotals> =>
      importTips(portal, {
        rows: given.format === "json" ? readJsonRows(text) : readCsvRows(text),
        channel: given.channel,
        source: given.source,
        threads: given.threads,
        onProgress: (now) => progress.tell(now),
        onBad: (bad) => {
          const told = tellBad(bad);
          report?.write(`${JSON.stringify(told)}\n`);
          if (errors.length < SHOWN) errors.push(told);
          else leftOut += 1;
        },
        onPassed: (passed) => {
          report?.write(`${JSON.stringify(tellBad(passed))}\n`);
          if (alreadyRows.length < SHOWN) alreadyRows.push(passed.row);
        },
        onReceipts:
          receipts === null
            ? undefined
            : async (rows) => {
                const lines = rows.map(({ externalId, numbers }) => [externalId, numbers]);
                await write(receipts, stringify(lines, { escape_formulas: true }));
              },
      }),
    );
    progress.end(totals);
    const summary = {
      ...{ file: basename(file), encoding, ...totals, errors, errorsLeftOut: leftOut },
      ...{ alreadyRows, alreadyRowsLeftOut: totals.already - alreadyRows.length },
    };
    around.stdout.write(`${JSON.stringify(summary)}\n`);
    return totals.bad === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof InputFault) throw new InputError(`${basename(file)}.${error.path}`, error.message);
    throw error;
  } finally {
    for (const one of [report, receipts]) if (one !== null) await new Promise<void>((done) => one.end(done));
  }
}

/** A bad row as the report names it: where, which column, and why; nothing of what it holds. */
function tellBad({ row, faults }: BadRow) {
  const [first, ...also] = faults;
  return {
    row,
    column: first?.column ?? null,
    reason: first?.reason ?? "",
    ...(also.length > 0 ? { also } : {}),
  };
}

function sizeOf(file: string): number {
  try {
    const found = statSync(file);
    if (found.isFile()) return found.size;
  } catch {
    // Said below, as for a folder.
  }
  throw new InputError(basename(file), "there is no such file, or it cannot be read");
}

/** A new file nobody else may read. */
function openNew(option: string, file: string): Promise<WriteStream> {
  return new Promise((resolve, reject) => {
    const stream = createWriteStream(file, { flags: "wx", mode: 0o600 });
    stream.once("open", () => resolve(stream));
    stream.once("error", () =>
      reject(new InputError(option, "the file exists already or cannot be written; name a new one")),
    );
  });
}

function write(stream: WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
