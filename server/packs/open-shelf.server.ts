import { max, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { packEffects, portalPacks } from "~db/schema/pack-versions";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import type { LoadedPack } from "./load-pack.server";
import type { PackFault } from "./pack-fault";
import { readPackInForce } from "./read-stored-pack.server";

export type ShelfPack = LoadedPack & {
  /** The pack above it; null for the home pack and for one that stands beside it. */
  readonly parentId: string | null;
};

/** The packs this portal holds, each in the version in force, as far as this server has heard. */
export type PackShelf = {
  readonly home: () => LoadedPack;
  /** The home pack first. */
  readonly all: () => readonly ShelfPack[];
  /** The pack of a lead; the home pack where the portal holds no such pack. */
  readonly of: (packId: string) => LoadedPack;
  /** Reads anew where a version came into force since the last time; whether one did. One indexed read otherwise. */
  readonly refresh: (db: Database) => Promise<boolean>;
  /** Why the home pack of the data folder was refused at the start, and the version in force stands in; else null. */
  readonly refused: PackFault | null;
};

const READER = systemActor("packs");

/** Begins with the pack as loaded; `refresh` replaces it by what the database says is in force. */
export function openShelf(first: LoadedPack, refused: PackFault | null = null): PackShelf {
  const homeId = first.pack.id;
  let held: readonly ShelfPack[] = [{ ...first, parentId: null }];
  let heard: number | null = null;
  const home = () => held[0] ?? first;
  return {
    refused,
    home,
    all: () => held,
    of: (packId) => held.find(({ pack }) => pack.id === packId) ?? home(),
    refresh: (db) =>
      withActor(db, READER, async (tx) => {
        const [latest] = await tx.select({ seq: max(packEffects.seq) }).from(packEffects);
        const seq = latest?.seq ?? null;
        if (seq === null || seq === heard) return false;
        const rows = await tx
          .select({ packId: portalPacks.packId, parentId: portalPacks.parentId })
          .from(portalPacks)
          .orderBy(sql`${portalPacks.packId} <> ${homeId}`, portalPacks.joinedAt, portalPacks.packId);
        const now: ShelfPack[] = [];
        for (const { packId, parentId } of rows) {
          const known = held.find(({ pack }) => pack.id === packId) ?? null;
          const loaded = await readPackInForce(tx, packId, known);
          if (loaded !== null) now.push({ pack: loaded.pack, sha256: loaded.sha256, parentId });
        }
        // A database of another pack is refused at the start; until then the folder's pack stands.
        if (now[0]?.pack.id === homeId) held = now;
        heard = seq;
        return true;
      }),
  };
}
