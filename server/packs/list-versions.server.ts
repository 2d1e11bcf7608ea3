import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { packProposals } from "~db/schema/pack-versions";
import { packs } from "~db/schema/packs";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Pack } from "./grammar";
import type { ShelfPack } from "./open-shelf.server";
import { readPackVersion, readStoredPack } from "./read-stored-pack.server";

/** Versions offered at most: what ran long ago is read from the versions' own page. */
const OFFERED = 40;

/** A version the simulator may use. `key` names it in a form. */
export type OfferedVersion = {
  readonly key: string;
  readonly packId: string;
  readonly title: string;
  readonly version: string;
  readonly state: "inForce" | "earlier" | "proposed";
};

/** Every pack of the portal: in force first, what waits, then earlier versions, newest first. */
export async function listVersions(
  db: Database,
  held: readonly ShelfPack[],
  actor: StaffActor,
): Promise<OfferedVersion[]> {
  return withActor(db, actor, async (tx) => {
    const stored = await tx
      .select({
        packId: packs.packId,
        version: packs.version,
        title: sql<string>`${packs.content}->'title'->>'zh'`,
      })
      .from(packs)
      .orderBy(desc(packs.loadedAt))
      .limit(OFFERED);
    const waiting = await tx
      .select({
        id: packProposals.id,
        packId: packProposals.packId,
        version: packProposals.version,
        title: sql<string>`${packProposals.content}->'title'->>'zh'`,
      })
      .from(packProposals)
      .where(isNull(packProposals.outcome))
      .limit(OFFERED);
    const runs = (packId: string, version: string) =>
      held.some(({ pack }) => pack.id === packId && pack.version === version);
    return [
      ...held.map(({ pack }) => ({
        ...{ key: `${pack.id} ${pack.version}`, packId: pack.id, version: pack.version },
        ...{ title: pack.title.zh, state: "inForce" as const },
      })),
      ...waiting.map(({ id, ...one }) => ({ ...one, key: id, state: "proposed" as const })),
      ...stored
        .filter(({ packId, version }) => !runs(packId, version))
        .map((one) => ({ ...one, key: `${one.packId} ${one.version}`, state: "earlier" as const })),
    ];
  });
}

/** The rules behind a key of that list; null for none. */
export async function readOfferedPack(db: Database, key: string, actor: StaffActor): Promise<Pack | null> {
  return withActor(db, actor, async (tx) => {
    const [packId, version] = key.split(" ");
    if (packId !== undefined && version !== undefined) {
      return (await readPackVersion(tx, packId, version))?.pack ?? null;
    }
    if (!/^[0-9a-f-]{36}$/.test(key)) return null;
    const [row] = await tx
      .select({ content: packProposals.content })
      .from(packProposals)
      .where(and(eq(packProposals.id, key), isNull(packProposals.outcome)));
    return row === undefined ? null : readStoredPack(row.content);
  });
}
