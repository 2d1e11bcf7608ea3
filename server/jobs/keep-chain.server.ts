import { appendCheckpoints, readCheckpoints } from "~server/audit/checkpoint-files.server";
import { listRootsSince } from "~server/audit/list-roots.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents, startOfTrail } from "~server/audit/seal-events.server";
import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

const EVERY_MS = 5_000;
const CHECKPOINTS_EVERY_MS = 10 * 60_000;
/** The whole trail is read again once a day, whatever the sealer remembers. */
const AFRESH_EVERY_MS = 24 * 60 * 60_000;

/**
 * Keeps the audit chain: at once and then every five seconds it seals new events, and when a day in China is over it
 * writes the day's root and its checkpoint line. Failures are logged by code, once for each kind until it works again.
 * Returns how to stop, which waits for the batch under way.
 */
export function keepChain(portal: Portal): () => Promise<void> {
  let stopped = false;
  let place = startOfTrail();
  let [readAfresh, checkedFiles] = [Date.now(), 0];
  let fault = "";
  const round = async () => {
    try {
      if (Date.now() - readAfresh >= AFRESH_EVERY_MS) [place, readAfresh] = [startOfTrail(), Date.now()];
      await sealEvents(portal.db, place, { keepOn: () => !stopped });
      if (stopped) return;
      const made = await makeRoots(portal.db, portal.clock);
      if (made.length > 0 || Date.now() - checkedFiles >= CHECKPOINTS_EVERY_MS) {
        checkedFiles = Date.now();
        await writeCheckpoints(portal);
      }
      fault = "";
    } catch (error) {
      const code = databaseFault(error).code ?? fileFault(error) ?? "unknown";
      if (code !== fault) portal.log.error({ code }, "audit chain not kept");
      fault = code;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const go = () => {
    running = round().finally(() => {
      if (!stopped) timer = setTimeout(go, EVERY_MS).unref();
    });
  };
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}

/**
 * Appends every root that the checkpoint files do not have yet: the missed ones after a crash, all of them to a new
 * folder. What is there already is never touched, right or wrong: `audit:verify` compares it.
 */
export async function writeCheckpoints(portal: Portal): Promise<void> {
  const folder = portal.env.checkpointDir;
  const kept = readCheckpoints(folder).flatMap(({ checkpoint }) =>
    checkpoint === null ? [] : [checkpoint.day],
  );
  const last = kept.reduce<string | null>((most, day) => (most === null || day > most ? day : most), null);
  appendCheckpoints(folder, await listRootsSince(portal.db, last, systemActor("checkpoint")));
}

function fileFault(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : undefined;
}
