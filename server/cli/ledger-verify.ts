// Proves the ledger, and the chain over the audit trail it is held against: `ledger:verify [--roots <file or folder>]`.
// From the database and the ledger's checkpoint files (in AUDIT_CHECKPOINT_DIR), against which a cut-off end and a restored
// old backup show; `--roots` names a kept copy of /verify.txt, or a folder of such copies, to be compared as well. Only
// looks: a database that is not there or of another version is refused. JSON on stdout, progress of a long run on stderr;
// exit 0 when everything holds, 1 when something does not or could not be checked, 2 for arguments it does not know.
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import type { Checkpoint } from "~server/audit/checkpoint-line";
import { LEDGER_FILES, parseLedgerRoots } from "~server/ledger/published-roots";
import { verifyBooks } from "~server/ledger/verify-books.server";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { tellRows } from "./tell-rows";
import { withDatabase } from "./with-database";

/** The file named by `--roots`, or null. */
function readArguments(given: readonly string[]): string | null {
  const [flag, file, ...more] = given;
  if (flag === undefined) return null;
  if (flag !== "--roots" || file === undefined || more.length > 0)
    throw new InputError(
      "arguments",
      `expected nothing or --roots <file or folder>, not ${JSON.stringify(flag)}`,
    );
  return path.resolve(file);
}

function readPublished(file: string | null): readonly Checkpoint[] {
  if (file === null) return [];
  const roots: Checkpoint[] = [];
  for (const each of filesOf(file)) {
    const read = parseLedgerRoots(readText(each));
    if (typeof read === "number") {
      const where = each === file ? "" : ` of ${path.basename(each)}`;
      throw new InputError("--roots", `line ${String(read)}${where} is no root`);
    }
    roots.push(...read);
  }
  if (roots.length === 0) throw new InputError("--roots", "no root of the ledger is in it");
  return roots;
}

/** The file itself, or the folder's text files in the order of their names. */
function filesOf(file: string): string[] {
  const at = statSync(file, { throwIfNoEntry: false });
  if (at === undefined) throw new InputError("--roots", "no such file");
  if (!at.isDirectory()) return [file];
  return readdirSync(file)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => path.join(file, name));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new InputError("--roots", `${path.basename(file)} cannot be read`);
  }
}

await runCommand("ledger:verify", async () => {
  const published = readPublished(readArguments(process.argv.slice(2)));
  const verdict = await withDatabase(
    ({ db, checkpointDir }) => {
      const onLedger = tellRows(process.stderr, "ledger");
      let onTrail: ReturnType<typeof tellRows> | null = null;
      return verifyBooks(db, {
        published,
        checkpoints: readCheckpoints(checkpointDir, LEDGER_FILES),
        onLedger,
        onTrail: (done, total) => (onTrail ??= tellRows(process.stderr, "audit trail"))(done, total),
      });
    },
    process.env,
    { look: true },
  );
  if (process.stderr.isTTY) process.stderr.write("\n");
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.ok ? 0 : 1;
});
