import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { packEffects, portalPacks } from "~db/schema/pack-versions";
import { packs, schemes } from "~db/schema/packs";
import { agencies } from "~db/schema/staff";
import { chinaDay } from "~server/clock";
import { bringFromFolder } from "~server/packs/bring-pack.server";
import type { Pack } from "~server/packs/grammar";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { ownNameOn } from "~server/packs/look-up-pack";
import { nameAgencies } from "~server/packs/name-agencies.server";
import { bringFromRelease } from "~server/rewards/bring-scheme.server";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";
import { StartError } from "./start-error";

/**
 * Puts the pack of the data folder in force on a database that has none of that pack: its version, its agencies. Later
 * a folder that changed is only brought, as a proposal two administrators decide on; what is in force stays. A version
 * is written once: data that changed under a version in use is refused, because decisions already cite it.
 */
export async function installPack(tx: Tx, loaded: LoadedPack, at: Date = new Date()): Promise<void> {
  const { pack, sha256 } = loaded;
  // Two servers that start at once must not both take it for the first.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('packs'))`);
  const [kept] = await tx
    .select({ sha256: packs.sha256 })
    .from(packs)
    .where(and(eq(packs.packId, pack.id), eq(packs.version, pack.version)));
  if (kept !== undefined) {
    if (kept.sha256 === sha256) {
      await nameAgencies(tx, pack, chinaDay(at));
      return;
    }
    throw new StartError(
      `PACK: ${pack.id} ${pack.version} differs from the version already in use; give the changed pack a new version`,
    );
  }
  const [before] = await tx
    .select({ seq: packEffects.seq })
    .from(packEffects)
    .where(eq(packEffects.packId, pack.id))
    .limit(1);
  if (before !== undefined) {
    await bringFromFolder(tx, loaded, at);
    return;
  }
  await tx.insert(packs).values({ packId: pack.id, version: pack.version, sha256, content: pack });
  await installAgencies(tx, pack, chinaDay(at));
  await tx.insert(portalPacks).values({ packId: pack.id, joinedAt: at });
  await tx.insert(packEffects).values({ packId: pack.id, version: pack.version, effectiveAt: at });
}

/** Bodies go by their names of the day; what a decision cites is the plan's word for them. */
async function installAgencies(tx: Tx, pack: Pack, day: string): Promise<void> {
  const rows = pack.agencies.map(({ id }) => ({
    id: `${pack.id}.${id}`,
    packId: pack.id,
    slug: id,
    name: ownNameOn(pack, id, day),
    nameEn: ownNameOn(pack, id, day, "en"),
  }));
  await tx.insert(agencies).values(rows).onConflictDoNothing();
}

/**
 * Stores the release's schemes, the first version of each; the oldest of a line first, since each begins after the one
 * before it. A release's later version of a scheme stored already is only brought, for two administrators to decide on.
 */
export async function installSchemes(tx: Tx, at: Date = new Date()): Promise<void> {
  const shipped = listShippedSchemeIds()
    .map((id) => loadScheme(id))
    .toSorted((a, b) => (a.scheme.effective.from < b.scheme.effective.from ? -1 : 1));
  const stored = await tx
    .select({ schemeId: schemes.schemeId, version: schemes.version, sha256: schemes.sha256 })
    .from(schemes);
  for (const loaded of shipped) {
    const { scheme, sha256 } = loaded;
    const own = stored.filter(({ schemeId }) => schemeId === scheme.id);
    const same = own.find(({ version }) => version === scheme.version);
    if (same !== undefined && same.sha256 !== sha256) {
      throw new StartError(
        `scheme ${scheme.id} ${scheme.version} differs from the version already in use; give it a new version`,
      );
    }
    if (same !== undefined) continue;
    if (own.length > 0) {
      await bringFromRelease(tx, loaded, at);
      continue;
    }
    await tx
      .insert(schemes)
      .values({
        schemeId: scheme.id,
        version: scheme.version,
        sha256,
        content: scheme,
        effectiveFrom: scheme.effective.from,
        effectiveTo: scheme.effective.to,
      })
      .onConflictDoNothing();
  }
}
