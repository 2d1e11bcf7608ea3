import type { Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { REPORTER } from "~server/staff-auth/actor";

/** One transaction for the holder of a receipt: everything files need of the database goes through here. */
export function asReporter<T>(
  portal: Pick<Portal, "db">,
  _lookupId: Buffer,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return withActor(portal.db, REPORTER, work);
}
