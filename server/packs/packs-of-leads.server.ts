import type { Tx } from "~db/client.server";
import { matchAny } from "~db/match-any.server";
import { leads } from "~db/schema/leads";
import { portalPacks } from "~db/schema/pack-versions";
import type { LoadedPack } from "./load-pack.server";
import { readPackInForce } from "./read-stored-pack.server";

/** Each lead's pack in the version in force; the same object for leads of one pack. `home` stands in where none is stored. */
export async function packsOfLeads(
  tx: Tx,
  leadIds: readonly string[],
  home: LoadedPack,
): Promise<ReadonlyMap<string, LoadedPack>> {
  if (leadIds.length === 0) return new Map();
  const rows = await tx
    .select({ id: leads.id, packId: leads.packId })
    .from(leads)
    .where(matchAny(leads.id, leadIds));
  const packs = new Map<string, LoadedPack>([[home.pack.id, home]]);
  for (const { packId } of rows) {
    if (!packs.has(packId)) packs.set(packId, (await readPackInForce(tx, packId, null)) ?? home);
  }
  const packIdOf = new Map(rows.map((row) => [row.id, row.packId]));
  return new Map(leadIds.map((id) => [id, packs.get(packIdOf.get(id) ?? home.pack.id) ?? home]));
}

/** Every pack of this portal, the home pack first: one read where it is the only one. */
export async function readHeldPacks(tx: Tx, home: LoadedPack): Promise<LoadedPack[]> {
  const rows = await tx
    .select({ packId: portalPacks.packId })
    .from(portalPacks)
    .orderBy(portalPacks.joinedAt, portalPacks.packId);
  const held: LoadedPack[] = [home];
  for (const { packId } of rows) {
    const loaded = packId === home.pack.id ? null : await readPackInForce(tx, packId, null);
    if (loaded !== null) held.push(loaded);
  }
  return held;
}
