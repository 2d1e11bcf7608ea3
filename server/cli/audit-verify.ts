// Proves the audit trail: `audit:verify [--checkpoints <folder>]`. Recomputes the hash chain and compares it with the
// daily roots and the checkpoint files (by default those of AUDIT_CHECKPOINT_DIR; give the copy that is kept
// elsewhere). JSON on stdout; exit 0 when everything holds, 1 when something does not, 2 for bad arguments.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase } from "./with-database";

await runCommand("audit:verify", async () => {
  const { values } = parseArgs({ options: { checkpoints: { type: "string" } } });
  const given = values.checkpoints === undefined ? null : path.resolve(values.checkpoints);
  if (given !== null && !existsSync(given)) throw new InputError("--checkpoints", "no such folder");
  const verdict = await withDatabase(({ db, checkpointDir }) =>
    verifyChain(db, readCheckpoints(given ?? checkpointDir)),
  );
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  if (verdict.fault === null) return 0;
  const { position, seq, what, where } = verdict.fault;
  const at = [
    position === null ? [] : [`position ${position}`],
    seq === null ? [] : [`event ${seq}`],
    where === undefined ? [] : [where],
  ];
  process.stderr.write(`${at.flat().join(", ")}: ${what}\n`);
  return 1;
});
