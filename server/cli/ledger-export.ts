// The whole ledger for other people's tools: `ledger-export --format hledger`. The journal goes to stdout, errors to
// stderr; bad arguments exit 2.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { exportHledger } from "~server/ledger/export-hledger.server";
import { openCommandDatabase } from "./with-database";

const FORMATS = { hledger: exportHledger } as const;

function readFormat(args: string[]): keyof typeof FORMATS | null {
  try {
    const { values } = parseArgs({ args, options: { format: { type: "string", default: "hledger" } } });
    return values.format in FORMATS ? (values.format as keyof typeof FORMATS) : null;
  } catch {
    return null;
  }
}

async function run(args: string[]): Promise<number> {
  const format = readFormat(args);
  if (format === null) {
    process.stderr.write(`--format: expected ${Object.keys(FORMATS).join(" or ")}\n`);
    return 2;
  }
  const open = await openCommandDatabase();
  try {
    await FORMATS[format](open.db, async (text) => {
      // A slow reader holds the export back instead of filling memory.
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
    });
    return 0;
  } finally {
    await open.close();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.replace(/\s+/g, " ") : "failed"}\n`);
  process.exitCode = 1;
}
