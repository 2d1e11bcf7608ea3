// Proves the ledger from the database alone: `ledger:verify`. JSON on stdout, progress of a long run on stderr; exit 0 when everything holds, 1 when
// something does not or could not be checked, 2 for arguments it does not know.
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { showProgress } from "./show-progress";
import { withDatabase } from "./with-database";

await runCommand("ledger:verify", async () => {
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) {
    throw new InputError("arguments", `ledger-verify takes none, not ${JSON.stringify(unknown)}`);
  }
  let share = 0;
  const progress = showProgress<number>(process.stderr, {
    share: () => share,
    say: (rows, seconds) => `${String(rows)} rows, ${String(Math.round(rows / seconds))} rows/s`,
  });
  const verdict = await withDatabase(({ db }) =>
    verifyLedger(db, {
      onProgress: (done, total) => {
        share = total === 0 ? 1 : done / total;
        progress.tell(done);
      },
    }),
  );
  if (process.stderr.isTTY) process.stderr.write("\n");
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.ok ? 0 : 1;
});
