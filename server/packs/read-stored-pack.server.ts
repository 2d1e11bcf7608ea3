import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { packEffects } from "~db/schema/pack-versions";
import { packs } from "~db/schema/packs";
import { packShape, type Pack } from "./grammar";
import type { LoadedPack } from "./load-pack.server";

/**
 * A pack as it was stored. It was checked when it came; a later portal's stricter checks must not take away the rules
 * an old decision was made by, so only what the grammar has added since is filled in.
 */
export function readStoredPack(content: unknown): Pack {
  const parsed = packShape.safeParse(content);
  return (parsed.success && parsed.data.fallback !== undefined ? parsed.data : content) as Pack;
}

/** Versions are written once, so one that was read stays good; the oldest reading makes room. */
const KEPT = 32;
const read = new Map<string, LoadedPack>();

/** One stored version of a pack; null when it was never in force. */
export async function readPackVersion(tx: Tx, packId: string, version: string): Promise<LoadedPack | null> {
  const [row] = await tx
    .select({ sha256: packs.sha256 })
    .from(packs)
    .where(and(eq(packs.packId, packId), eq(packs.version, version)));
  if (row === undefined) return null;
  const name = `${packId} ${version} ${row.sha256}`;
  const known = read.get(name);
  if (known !== undefined) return known;
  const [stored] = await tx
    .select({ content: packs.content })
    .from(packs)
    .where(and(eq(packs.packId, packId), eq(packs.version, version)));
  const loaded = { pack: readStoredPack(stored?.content), sha256: row.sha256 };
  const [oldest] = read.keys();
  if (read.size >= KEPT && oldest !== undefined) read.delete(oldest);
  read.set(name, loaded);
  return loaded;
}

/**
 * The version of a pack in force, read in the transaction that decides by it: a server that has not heard of a newer
 * one yet does not decide by the old. `known` is answered as it is while it still is the one.
 */
export async function readPackInForce(
  tx: Tx,
  packId: string,
  known: LoadedPack | null,
): Promise<LoadedPack | null> {
  const own = known?.pack.id === packId ? known : null;
  const [latest] = await tx
    .select({ version: packEffects.version, sha256: packs.sha256 })
    .from(packEffects)
    .innerJoin(packs, and(eq(packs.packId, packEffects.packId), eq(packs.version, packEffects.version)))
    .where(eq(packEffects.packId, packId))
    .orderBy(desc(packEffects.seq))
    .limit(1);
  if (latest === undefined) return own;
  if (own !== null && own.pack.version === latest.version && own.sha256 === latest.sha256) return own;
  return readPackVersion(tx, packId, latest.version);
}
