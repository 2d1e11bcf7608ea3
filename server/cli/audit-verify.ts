// Proves the audit trail: `audit:verify [--checkpoints <folder>]`. Recomputes the hash chain and compares it with the
// daily roots and the checkpoint files (by default those of AUDIT_CHECKPOINT_DIR; give the copy that is kept
// elsewhere), and the register of arrivals, which says who reported first. JSON on stdout; exit 0 when everything holds, 1 when something does not, 2 for bad arguments.
// `--adopt-checkpoints` writes lines that are missing in the folder anew, the trail's and the ledger's (which ledger:verify
// compares), and records that in the trail; it does so only when nothing else is wrong with either chain. Compare the roots with those published on /verify, or printed, before.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { verifyArrivals } from "~server/arrivals/verify-arrivals.server";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { verifyChain, type ChainFault } from "~server/audit/verify-chain.server";
import { adoptCheckpoints } from "~server/audit/write-checkpoints.server";
import { systemClock } from "~server/clock";
import { findJournalFault } from "~server/ledger/find-journal-fault.server";
import { LEDGER_FILES } from "~server/ledger/published-roots";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withDatabase } from "./with-database";

await runCommand("audit:verify", async () => {
  const { values } = parseArgs({
    options: { checkpoints: { type: "string" }, "adopt-checkpoints": { type: "boolean" } },
  });
  const adopts = values["adopt-checkpoints"] === true;
  const given = values.checkpoints === undefined ? null : path.resolve(values.checkpoints);
  if (given !== null && !existsSync(given)) throw new InputError("--checkpoints", "no such folder");
  if (adopts && given !== null)
    throw new InputError("--adopt-checkpoints", "writes to AUDIT_CHECKPOINT_DIR; leave --checkpoints out");
  const { adopted, journal, ...verdict } = await withDatabase(async ({ db, checkpointDir }) => {
    const verify = () => verifyChain(db, readCheckpoints(given ?? checkpointDir));
    const found = await verify();
    const arrivals = await verifyArrivals(db);
    const unadopted = { ...found, arrivals, adopted: null, journal: null };
    if (!adopts || (found.fault !== null && found.fault.what !== "checkpoint missing")) return unadopted;
    const journal = await findJournalFault(db, readCheckpoints(checkpointDir, LEDGER_FILES));
    if (journal !== null) return { ...unadopted, journal };
    const written = await adoptCheckpoints(db, { folder: checkpointDir, at: systemClock.now() });
    return { ...(await verify()), arrivals, adopted: written, journal };
  });
  const { arrivals, ...chain } = verdict;
  const told = { ...chain, ok: chain.ok && arrivals.ok && journal === null, arrivals };
  process.stdout.write(`${JSON.stringify(adopted === null ? told : { ...told, adopted })}\n`);
  if (chain.fault !== null) process.stderr.write(`${describe(chain.fault)}\n`);
  if (arrivals.fault !== null)
    process.stderr.write(`arrival ${arrivals.fault.arrivalNo}: ${arrivals.fault.what}\n`);
  if (journal !== null)
    process.stderr.write(`${journal.table} ${journal.id}: ${journal.detail}; see ledger:verify\n`);
  return told.ok && chain.fault === null ? 0 : 1;
});

function describe({ position, seq, what, where }: ChainFault): string {
  const at = [
    position === null ? [] : [`position ${position}`],
    seq === null ? [] : [`event ${seq}`],
    where === undefined ? [] : [where],
  ];
  return `${at.flat().join(", ")}: ${what}`;
}
