// The whole ledger for other people's tools: `ledger:export --format hledger|beancount|csv`. It goes to stdout, errors to
// stderr; bad arguments exit 2.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { exportBeancount } from "~server/ledger/export-beancount.server";
import { exportCsv } from "~server/ledger/export-csv.server";
import { exportHledger } from "~server/ledger/export-hledger.server";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase } from "./with-database";

const FORMATS = new Map([
  ["hledger", exportHledger],
  ["beancount", exportBeancount],
  ["csv", exportCsv],
]);

function readFormat(args: string[]) {
  const refused = new InputError("--format", `expected ${[...FORMATS.keys()].join(" or ")}`);
  try {
    const { values } = parseArgs({ args, options: { format: { type: "string", default: "hledger" } } });
    const format = FORMATS.get(values.format);
    if (format !== undefined) return format;
  } catch {
    // The one option there is says all that is to say.
  }
  throw refused;
}

await runCommand("ledger:export", async () => {
  const format = readFormat(process.argv.slice(2));
  await withDatabase(({ db }) =>
    format(db, async (text) => {
      // A slow reader holds the export back instead of filling memory.
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
    }),
  );
});
