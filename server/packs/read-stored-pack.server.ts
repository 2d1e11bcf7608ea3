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
  return row === undefined ? null : readContent(tx, { packId, version, sha256: row.sha256 });
}

/** What names a stored version: the same words under one name for ever. */
export type StoredVersion = { readonly packId: string; readonly version: string; readonly sha256: string };

/** The pack of a version that is stored, read from the database once in a while. */
async function readContent(tx: Tx, { packId, version, sha256 }: StoredVersion): Promise<LoadedPack> {
  const name = `${packId} ${version} ${sha256}`;
  const known = read.get(name);
  if (known !== undefined) return known;
  const [stored] = await tx
    .select({ content: packs.content })
    .from(packs)
    .where(and(eq(packs.packId, packId), eq(packs.version, version)));
  const loaded = { pack: readStoredPack(stored?.content), sha256 };
  const [oldest] = read.keys();
  if (read.size >= KEPT && oldest !== undefined) read.delete(oldest);
  read.set(name, loaded);
  return loaded;
}

/** `known` where it is that very version, else the version read. */
export async function readUnlessKnown(
  tx: Tx,
  inForce: StoredVersion,
  known: LoadedPack | null,
): Promise<LoadedPack> {
  const same =
    known?.pack.id === inForce.packId &&
    known.pack.version === inForce.version &&
    known.sha256 === inForce.sha256;
  return same ? known : readContent(tx, inForce);
}

/** The version of each pack in force, to be joined to what is read of packs, in one statement with it. */
export function versionsInForce(tx: Tx) {
  return tx
    .selectDistinctOn([packEffects.packId], {
      packId: packEffects.packId,
      version: packEffects.version,
      sha256: packs.sha256,
    })
    .from(packEffects)
    .innerJoin(packs, and(eq(packs.packId, packEffects.packId), eq(packs.version, packEffects.version)))
    .orderBy(packEffects.packId, desc(packEffects.seq))
    .as("in_force");
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
    .select({ packId: packEffects.packId, version: packEffects.version, sha256: packs.sha256 })
    .from(packEffects)
    .innerJoin(packs, and(eq(packs.packId, packEffects.packId), eq(packs.version, packEffects.version)))
    .where(eq(packEffects.packId, packId))
    .orderBy(desc(packEffects.seq))
    .limit(1);
  return latest === undefined ? own : readUnlessKnown(tx, latest, own);
}

/** The version in force of a pack this server knows, perhaps in an older one, read as `readPackInForce` does. */
export async function readNewest(tx: Tx, known: LoadedPack): Promise<LoadedPack> {
  return (await readPackInForce(tx, known.pack.id, known)) ?? known;
}
