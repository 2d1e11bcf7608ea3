import type { Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { reporterActor } from "~server/staff-auth/actor";

/** One transaction for the holder of a receipt: everything files need of the database goes through here. */
export function asReporter<T>(
  portal: Pick<Portal, "db">,
  lookupId: Buffer,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return withActor(portal.db, reporterActor(lookupId), work);
}
