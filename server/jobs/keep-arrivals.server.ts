import { sealArrivals, type ArrivalsPlace } from "~server/arrivals/seal-arrivals.server";
import { tellHead } from "~server/arrivals/tell-head.server";
import { chinaDay } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { keepGoing } from "./keep-going";

const EVERY_MS = 5_000;
/** A number drawn while reports come in settles within moments. */
const SOON_MS = 1_000;

/**
 * Keeps the register of arrivals: every five seconds ranks are fixed as far as they can be, and once a day its head
 * goes into the audit trail. Failures are logged by code, once for each kind until it works again. Returns how to
 * stop, which waits for the batch under way.
 */
export function keepArrivals(portal: Portal): () => Promise<void> {
  const place: ArrivalsPlace = { horizon: null };
  let [fault, told] = ["", ""];
  const round = async (keepOn: () => boolean) => {
    try {
      await sealArrivals(portal.db, place, { keepOn });
      const today = chinaDay(portal.clock.now());
      if (told !== today && keepOn()) {
        await tellHead(portal.db, portal.clock);
        told = today;
      }
      fault = "";
    } catch (error) {
      const code = databaseFault(error).code ?? "unknown";
      if (code !== fault) portal.log.error({ code }, "arrivals not registered");
      fault = code;
    }
  };
  return keepGoing(round, () => (place.horizon === null ? EVERY_MS : SOON_MS));
}
