import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { packs, schemes } from "~db/schema/packs";
import { agencies } from "~db/schema/staff";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";
import { StartError } from "./start-error";

/**
 * Keeps the pack version this portal runs, its agencies, and the shipped schemes. A version is written once: data
 * that changed under the same version is refused, because decisions already cite it.
 */
export async function installPack(tx: Tx, loaded: LoadedPack): Promise<void> {
  const { pack, sha256 } = loaded;
  await tx
    .insert(packs)
    .values({ packId: pack.id, version: pack.version, sha256, content: pack })
    .onConflictDoNothing();
  const [kept] = await tx
    .select({ sha256: packs.sha256 })
    .from(packs)
    .where(and(eq(packs.packId, pack.id), eq(packs.version, pack.version)));
  if (kept?.sha256 !== sha256) {
    throw new StartError(
      `PACK: ${pack.id} ${pack.version} differs from the version already in use; give the changed pack a new version`,
    );
  }
  const rows = pack.agencies.map(({ id, names }) => {
    const printed = names.find((name) => name.document) ?? names[0];
    return {
      id: `${pack.id}.${id}`,
      packId: pack.id,
      slug: id,
      name: printed?.name ?? id,
      nameEn: printed?.en ?? id,
    };
  });
  await tx
    .insert(agencies)
    .values(rows)
    .onConflictDoUpdate({
      target: agencies.id,
      set: { name: sql`excluded.name`, nameEn: sql`excluded.name_en` },
      setWhere: sql`(${agencies.name}, ${agencies.nameEn}) is distinct from (excluded.name, excluded.name_en)`,
    });
}

export async function installSchemes(tx: Tx): Promise<void> {
  for (const id of listShippedSchemeIds()) {
    const { scheme, sha256 } = loadScheme(id);
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
    const [kept] = await tx
      .select({ sha256: schemes.sha256 })
      .from(schemes)
      .where(and(eq(schemes.schemeId, scheme.id), eq(schemes.version, scheme.version)));
    if (kept?.sha256 !== sha256) {
      throw new StartError(
        `scheme ${scheme.id} ${scheme.version} differs from the version already in use; give it a new version`,
      );
    }
  }
}
