// Proves the ledger from the database alone: `ledger-verify`. JSON on stdout; exit 0 when everything holds, 1 when
// something does not or could not be checked, 2 for arguments it does not know.
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { openCommandDatabase } from "./with-database";

async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    process.stderr.write(`arguments: ledger-verify takes none, not "${args[0]}"\n`);
    return 2;
  }
  const open = await openCommandDatabase();
  try {
    const verdict = await verifyLedger(open.db);
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    return verdict.ok ? 0 : 1;
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
