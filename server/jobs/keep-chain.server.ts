import { writeCheckpoints } from "~server/audit/write-checkpoints.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents, startOfTrail } from "~server/audit/seal-events.server";
import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { keepGoing } from "./keep-going";

const EVERY_MS = 5_000;
/** The ledger's root is made by the hourly jobs; its line follows within this time. */
const CHECKPOINTS_EVERY_MS = 60_000;
/** The whole trail is read again once a day, whatever the sealer remembers. */
const AFRESH_EVERY_MS = 24 * 60 * 60_000;

/**
 * Keeps the audit chain: at once and then every five seconds it seals new events, and when a day in China is over it
 * writes the day's root and its checkpoint line, and the ledger's root's. Failures are logged by code, once for each kind until it works again;
 * so are missing checkpoints, which it never writes anew by itself.
 * Returns how to stop, which waits for the batch under way.
 */
export function keepChain(portal: Portal): () => Promise<void> {
  let place = startOfTrail();
  let [readAfresh, checkedFiles] = [Date.now(), 0];
  let [fault, missing] = ["", 0];
  const round = async (keepOn: () => boolean) => {
    try {
      if (Date.now() - readAfresh >= AFRESH_EVERY_MS) [place, readAfresh] = [startOfTrail(), Date.now()];
      await sealEvents(portal.db, place, { keepOn });
      if (!keepOn()) return;
      const made = await makeRoots(portal.db, portal.clock);
      if (made.length > 0 || Date.now() - checkedFiles >= CHECKPOINTS_EVERY_MS) {
        checkedFiles = Date.now();
        const { lost } = await writeCheckpoints(portal);
        if (lost.length > 0 && lost.length !== missing) sayLost(portal, lost.length);
        missing = lost.length;
      }
      fault = "";
    } catch (error) {
      const code = databaseFault(error).code ?? fileFault(error) ?? "unknown";
      if (code !== fault) portal.log.error({ code }, "audit chain not kept");
      fault = code;
    }
  };
  return keepGoing(round, () => EVERY_MS);
}

function sayLost({ env, log }: Portal, roots: number): void {
  log.error(
    { code: "checkpoints_missing", roots, folder: env.checkpointDir },
    "published roots have no checkpoint; none are written until `npm run -s audit:verify -- --adopt-checkpoints`",
  );
}

function fileFault(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : undefined;
}
