import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { followSuccessors } from "~server/triage/follow-successors.server";
import { keepGoing } from "./keep-going";

const EVERY_MS = 5_000;

/** Leads moved in one round, so that the next version is heard of in time. */
const FOLLOWED = 500;

/**
 * Hears of pack versions that came into force on another server, every five seconds. Acts that decide by a pack read
 * what is in force in their own transaction and do not wait for this; pages do. What bodies held that such a version ends
 * goes to their successors, also where this server put it in force itself. A failure is logged by its code, once
 * until it works again. Returns how to stop, which waits for a reading under way.
 */
export function keepPacks(portal: Portal): () => Promise<void> {
  let fault = "";
  let followed = portal.packs.all();
  const round = async () => {
    try {
      await portal.packs.refresh(portal.db);
      const held = portal.packs.all();
      if (held !== followed) {
        if ((await followSuccessors(portal, FOLLOWED)) < FOLLOWED) followed = held;
      }
      fault = "";
    } catch (error) {
      const code = databaseFault(error).code ?? "unknown";
      if (code !== fault) portal.log.error({ code }, "packs not read");
      fault = code;
    }
  };
  return keepGoing(round, () => EVERY_MS);
}
