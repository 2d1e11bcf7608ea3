import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { keepGoing } from "./keep-going";

const EVERY_MS = 5_000;

/**
 * Hears of pack versions that came into force on another server, every five seconds. Acts that decide by a pack read
 * what is in force in their own transaction and do not wait for this; pages do. A failure is logged by its code, once
 * until it works again. Returns how to stop, which waits for a reading under way.
 */
export function keepPacks(portal: Portal): () => Promise<void> {
  let fault = "";
  const round = async () => {
    try {
      await portal.packs.refresh(portal.db);
      fault = "";
    } catch (error) {
      const code = databaseFault(error).code ?? "unknown";
      if (code !== fault) portal.log.error({ code }, "packs not read");
      fault = code;
    }
  };
  return keepGoing(round, () => EVERY_MS);
}
