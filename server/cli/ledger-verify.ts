// Proves the ledger from the database alone: `ledger:verify`. JSON on stdout; exit 0 when everything holds, 1 when
// something does not or could not be checked, 2 for arguments it does not know.
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase } from "./with-database";

await runCommand("ledger:verify", async () => {
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) {
    throw new InputError("arguments", `ledger-verify takes none, not ${JSON.stringify(unknown)}`);
  }
  const verdict = await withDatabase(({ db }) => verifyLedger(db));
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.ok ? 0 : 1;
});
