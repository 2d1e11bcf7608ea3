import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { appendCheckpoints, readCheckpoints } from "./checkpoint-files.server";
import type { Checkpoint } from "./checkpoint-line";
import { listAllRoots } from "./list-roots.server";
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
 * Compares the roots with the folder. A root is due on the day it is made, when the files end before it (or when it is
 * the very first and there are none yet). Any other that has no line was lost: somebody emptied the folder, put another
 * in its place, or it could not be written to for a day. Throws what the file system says.
 */
export async function findMissingCheckpoints(db: Database, folder: string): Promise<MissingCheckpoints> {
  const roots = await listAllRoots(db, WRITER);
  const kept = new Set(readCheckpoints(folder).flatMap(({ checkpoint }) => checkpoint?.day ?? []));
  const last = [...kept].reduce((most, day) => (day > most ? day : most), "");
  const missing = roots.filter(({ day }) => !kept.has(day));
  const begins = kept.size === 0 && roots.length === 1;
  const isDue = ({ day, old }: (typeof roots)[number]) => !old && (begins || (kept.size > 0 && day > last));
  return { due: missing.filter(isDue), lost: missing.filter((root) => !isDue(root)) };
}

/**
 * Appends the roots that are due. While one is lost it writes nothing: files filled anew from a database nobody
 * compared them with would vouch for whatever was done to it. What is there is never touched, right or wrong.
 */
export async function writeCheckpoints({ db, env }: Pick<Portal, "db" | "env">): Promise<MissingCheckpoints> {
  const missing = await findMissingCheckpoints(db, env.checkpointDir);
  if (missing.lost.length === 0) appendCheckpoints(env.checkpointDir, missing.due);
  return missing;
}

/**
 * Writes every missing checkpoint anew and says so in the trail: an operator's decision, after `verifyChain` found no
 * other fault. Returns how many lines were written.
 */
export async function adoptCheckpoints(
  db: Database,
  input: { readonly folder: string; readonly at: Date },
): Promise<number> {
  const { due, lost } = await findMissingCheckpoints(db, input.folder);
  const roots = [...lost, ...due].sort((a, b) => (a.day < b.day ? -1 : 1));
  const [first, last] = [roots.at(0), roots.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const actor = systemActor("audit-verify");
  await withActor(db, actor, async (tx) => {
    await recordEvent(
      tx,
      {
        action: "audit.checkpoints_adopted",
        subjectTable: "audit_roots",
        subjectId: last.day,
        data: { roots: roots.length, firstDay: first.day, lastDay: last.day },
        at: input.at,
      },
      actor,
    );
    // Inside the transaction: a folder that cannot be written to leaves no event that says it was.
    appendCheckpoints(input.folder, roots);
  });
  return roots.length;
}

/** What the audit page says of the checkpoint files: null while nothing is wrong. */
export type CheckpointTrouble =
  | { readonly kind: "lost"; readonly roots: number; readonly firstDay: string; readonly lastDay: string }
  | { readonly kind: "unreadable" };

/** Whether published roots lack their checkpoint, or the folder cannot be read. The caller has settled who asks. */
export async function readCheckpointTrouble({
  db,
  env,
}: Pick<Portal, "db" | "env">): Promise<CheckpointTrouble | null> {
  const found = await findMissingCheckpoints(db, env.checkpointDir).catch((error: unknown) => {
    // A fault of the file system names its call; anything else is none of this page's.
    if (error instanceof Error && "syscall" in error) return null;
    throw error;
  });
  if (found === null) return { kind: "unreadable" };
  const [first, last] = [found.lost.at(0), found.lost.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { kind: "lost", roots: found.lost.length, firstDay: first.day, lastDay: last.day };
}
