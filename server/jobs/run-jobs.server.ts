import { databaseFault } from "~server/errors.server";
import { expireRequests } from "~server/identity/expire-requests.server";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import type { Portal } from "~server/portal.server";
import { expireDrafts } from "./expire-drafts.server";

const HOUR_MS = 60 * 60 * 1000;

/**
 * What the portal does by itself: now and every hour. A failure is logged by its code and tried again an hour later.
 * Returns how to stop.
 */
export function runJobs(portal: Portal): () => void {
  const run = async () => {
    try {
      await expireDrafts(portal.db, portal.clock);
      await expireRequests(portal.db, portal.clock);
      // A posting whose server died between commit and numbering gets its number here.
      await numberVouchers(portal.db);
    } catch (error) {
      portal.log.error({ code: databaseFault(error).code ?? "unknown" }, "hourly jobs failed");
    }
  };
  void run();
  const timer = setInterval(() => void run(), HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
