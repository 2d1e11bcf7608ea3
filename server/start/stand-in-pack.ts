import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { systemActor } from "~server/staff-auth/actor";

const STARTER = systemActor("start");

/**
 * The version of a pack in force in the database, for a start whose data folder holds none that may be loaded: what was
 * decided on stands, whatever became of a file. Null where this database never had the pack.
 */
export function standInPack(db: Database, packId: string): Promise<LoadedPack | null> {
  return withActor(db, STARTER, (tx) => readPackInForce(tx, packId, null));
}
