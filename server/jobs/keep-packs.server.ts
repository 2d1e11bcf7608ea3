import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";

const EVERY_MS = 5_000;

/**
 * Hears of pack versions that came into force on another server, every five seconds. Acts that decide by a pack read
 * what is in force in their own transaction and do not wait for this; pages do. A failure is logged by its code, once
 * until it works again. Returns how to stop, which waits for a reading under way.
 */
export function keepPacks(portal: Portal): () => Promise<void> {
  let stopped = false;
  let fault = "";
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
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
