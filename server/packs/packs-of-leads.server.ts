import { eq, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { matchAny } from "~db/match-any.server";
import { leads } from "~db/schema/leads";
import { portalPacks } from "~db/schema/pack-versions";
import type { LoadedPack } from "./load-pack.server";
import { readUnlessKnown, versionsInForce } from "./read-stored-pack.server";

/**
 * Each lead's pack in the version in force as this statement sees it, the home pack's too: what this server has heard of
 * may be seconds old. The same object for leads of one pack; `home` stands in where none is stored.
 */
export async function packsOfLeads(
  tx: Tx,
  leadIds: readonly string[],
  home: LoadedPack,
): Promise<ReadonlyMap<string, LoadedPack>> {
  if (leadIds.length === 0) return new Map();
  const packOf = await packsOfLeadsWhere(tx, matchAny(leads.id, leadIds), home);
  return new Map(leadIds.map((id) => [id, packOf.get(id) ?? home]));
}

/** The same of the leads that meet a condition. */
export async function packsOfLeadsWhere<T extends LoadedPack | null>(
  tx: Tx,
  which: SQL | undefined,
  home: T,
): Promise<Map<string, LoadedPack | T>> {
  const inForce = versionsInForce(tx);
  const rows = await tx
    .select({
      id: leads.id,
      packId: leads.packId,
      version: inForce.version,
      sha256: inForce.sha256,
    })
    .from(leads)
    .leftJoin(inForce, eq(inForce.packId, leads.packId))
    .where(which);
  const packs = new Map<string, LoadedPack | T>();
  for (const row of rows) {
    if (!packs.has(row.packId)) packs.set(row.packId, await versionOf(tx, row, home));
  }
  return new Map(rows.map(({ id, packId }) => [id, packs.get(packId) ?? home]));
}

/** Every pack of this portal in the version in force, the home pack first, in one read. */
export async function readHeldPacks(tx: Tx, home: LoadedPack): Promise<LoadedPack[]> {
  const inForce = versionsInForce(tx);
  const rows = await tx
    .select({ packId: portalPacks.packId, version: inForce.version, sha256: inForce.sha256 })
    .from(portalPacks)
    .leftJoin(inForce, eq(inForce.packId, portalPacks.packId))
    .orderBy(portalPacks.joinedAt, portalPacks.packId);
  const held: LoadedPack[] = [];
  let first = home;
  for (const row of rows) {
    if (row.packId === home.pack.id) first = await versionOf(tx, row, home);
    else if (row.version !== null) held.push(await versionOf(tx, row, home));
  }
  return [first, ...held];
}

async function versionOf<T extends LoadedPack | null>(
  tx: Tx,
  { packId, version, sha256 }: { packId: string; version: string | null; sha256: string | null },
  home: T,
): Promise<LoadedPack | T> {
  if (version === null || sha256 === null) return home;
  return readUnlessKnown(tx, { packId, version, sha256 }, home);
}
