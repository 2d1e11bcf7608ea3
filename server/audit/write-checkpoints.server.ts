import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { listKeptLedgerRoots } from "~server/ledger/list-ledger-roots.server";
import { LEDGER_FILES } from "~server/ledger/published-roots";
import {
  TRAIL_FILES,
  appendCheckpoints,
  readCheckpoints,
  type CheckpointLine,
} from "./checkpoint-files.server";
import type { Checkpoint } from "./checkpoint-line";
import { listAllRoots, type KeptRoot } from "./list-roots.server";
import { recordEvent } from "./record-event.server";

const WRITER = systemActor("checkpoint");

/** Which roots the checkpoint files do not have, oldest first. */
export type MissingCheckpoints = {
  /** Just made, their turn has come: written as a matter of course. */
  readonly due: readonly Checkpoint[];
  /** Published before, and gone from the files or never got there: written by a person's decision alone. */
  readonly lost: readonly Checkpoint[];
};

/**
 * Compares the roots with the lines of the folder. A root is due on the day it is made, when the files end before it (or
 * when it is the very first and there are none yet). Any other that has no line was lost: somebody emptied the folder, put
 * another in its place, or it could not be written to for a day.
 */
export function compareWithFiles(
  roots: readonly KeptRoot[],
  lines: readonly CheckpointLine[],
): MissingCheckpoints {
  const kept = new Set(lines.flatMap(({ checkpoint }) => checkpoint?.day ?? []));
  const last = [...kept].reduce((most, day) => (day > most ? day : most), "");
  const missing = roots.filter(({ day }) => !kept.has(day));
  const begins = kept.size === 0 && roots.length === 1;
  const isDue = ({ day, old }: KeptRoot) => !old && (begins || (kept.size > 0 && day > last));
  return { due: missing.filter(isDue), lost: missing.filter((root) => !isDue(root)) };
}

type Files = { readonly db: Database; readonly folder: string; readonly now: Date };

/** Each chain's roots without a line. Throws what the file system says. */
async function findMissing({ db, folder, now }: Files) {
  const trail = compareWithFiles(await listAllRoots(db, WRITER), readCheckpoints(folder));
  const roots = await listKeptLedgerRoots(db, now, WRITER);
  const ledger = compareWithFiles(roots, readCheckpoints(folder, LEDGER_FILES));
  return [
    { ...trail, files: TRAIL_FILES, table: "audit_roots" },
    { ...ledger, files: LEDGER_FILES, table: "ledger_roots" },
  ];
}

/** The roots of the trail and of the ledger without a line. Throws what the file system says. */
export async function findMissingCheckpoints(asked: Files): Promise<MissingCheckpoints> {
  const missing = await findMissing(asked);
  return { due: missing.flatMap(({ due }) => due), lost: missing.flatMap(({ lost }) => lost) };
}

const filesOf = ({ db, env, clock }: Pick<Portal, "db" | "env" | "clock">): Files => ({
  db,
  folder: env.checkpointDir,
  now: clock.now(),
});

/**
 * Appends the roots that are due. While one is lost it writes nothing more of its chain: files filled anew from a database
 * nobody compared them with would vouch for whatever was done to it. What is there is never touched, right or wrong.
 */
export async function writeCheckpoints(
  portal: Pick<Portal, "db" | "env" | "clock">,
): Promise<MissingCheckpoints> {
  const missing = await findMissing(filesOf(portal));
  for (const { due, lost, files } of missing)
    if (lost.length === 0) appendCheckpoints(portal.env.checkpointDir, due, files);
  return { due: missing.flatMap(({ due }) => due), lost: missing.flatMap(({ lost }) => lost) };
}

/**
 * Writes every missing checkpoint anew and says so in the trail: an operator's decision, after `verifyChain` and
 * `findJournalFault` found no other fault. Returns how many lines were written.
 */
export async function adoptCheckpoints(
  db: Database,
  input: { readonly folder: string; readonly at: Date },
): Promise<number> {
  let written = 0;
  for (const { due, lost, files, table } of await findMissing({
    db,
    folder: input.folder,
    now: input.at,
  })) {
    const roots = [...lost, ...due].sort((a, b) => (a.day < b.day ? -1 : 1));
    const [first, last] = [roots.at(0), roots.at(-1)];
    if (first === undefined || last === undefined) continue;
    const actor = systemActor("audit-verify");
    await withActor(db, actor, async (tx) => {
      await recordEvent(
        tx,
        {
          action: "audit.checkpoints_adopted",
          subjectTable: table,
          subjectId: last.day,
          data: { roots: roots.length, firstDay: first.day, lastDay: last.day },
          at: input.at,
        },
        actor,
      );
      // Inside the transaction: a folder that cannot be written to leaves no event that says it was.
      appendCheckpoints(input.folder, roots, files);
    });
    written += roots.length;
  }
  return written;
}

/** What the audit page says of the checkpoint files: null while nothing is wrong. */
export type CheckpointTrouble =
  | { readonly kind: "lost"; readonly roots: number; readonly firstDay: string; readonly lastDay: string }
  | { readonly kind: "unreadable" };

/** Whether published roots lack their checkpoint, or the folder cannot be read. The caller has settled who asks. */
export async function readCheckpointTrouble(
  portal: Pick<Portal, "db" | "env" | "clock">,
): Promise<CheckpointTrouble | null> {
  const found = await findMissingCheckpoints(filesOf(portal)).catch((error: unknown) => {
    // A fault of the file system names its call; anything else is none of this page's.
    if (error instanceof Error && "syscall" in error) return null;
    throw error;
  });
  if (found === null) return { kind: "unreadable" };
  const days = found.lost.map(({ day }) => day).sort();
  const [firstDay, lastDay] = [days.at(0), days.at(-1)];
  if (firstDay === undefined || lastDay === undefined) return null;
  return { kind: "lost", roots: days.length, firstDay, lastDay };
}
