import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { packProposals, portalPacks } from "~db/schema/pack-versions";
import { packs } from "~db/schema/packs";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import { resolvePack, type LoadedPack } from "./load-pack.server";
import { PackError } from "./pack-error";
import { packParent, packSame, packVersionUsed, sayPackRefusals } from "./pack-refusals.server";
import { readPackInForce } from "./read-stored-pack.server";

/** A pack read from one JSON text, as `loadPack` reads a folder. Throws PackError naming `fileName`, path and rule. */
export function readPackText(text: string, fileName: string): LoadedPack {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new PackError({ file: fileName, path: "pack", rule: null }, "not valid JSON");
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new PackError({ file: fileName, path: "pack", rule: null }, "must be a JSON object");
  }
  return resolvePack(data as Record<string, unknown>, () => fileName, { fallback: fileName });
}

export type BroughtPack = LoadedPack & { readonly parentId: string | null };

/**
 * Brings an uploaded pack, checked, before the administrators: it waits to be asked for, and nothing changes yet. A
 * pack this portal does not hold is brought as a further one below `parentId`. Administrators only (404 otherwise);
 * throws `pack_same`, `pack_version_used`, `pack_waiting` (409), `pack_parent` (400).
 */
export async function bringPack(
  db: Database,
  input: BroughtPack & { readonly at: Date },
  actor: StaffActor,
): Promise<{ proposalId: string }> {
  const { pack, sha256 } = input;
  const work = withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    const inForce = await readPackInForce(tx, pack.id, null);
    if (inForce?.sha256 === sha256) throw packSame();
    const [same] = await tx
      .select({ sha256: packs.sha256 })
      .from(packs)
      .where(and(eq(packs.packId, pack.id), eq(packs.version, pack.version)));
    if (same !== undefined && same.sha256 !== sha256) throw packVersionUsed(pack.version);
    const [held] = await tx.select().from(portalPacks).where(eq(portalPacks.packId, pack.id));
    const parentId = held === undefined ? input.parentId : held.parentId;
    if (held === undefined && parentId !== null) {
      const above = await tx.select().from(portalPacks).where(eq(portalPacks.packId, parentId));
      if (above.length === 0) throw packParent();
    }
    const proposalId = uuidv7();
    await tx.insert(packProposals).values({
      id: proposalId,
      packId: pack.id,
      version: pack.version,
      sha256,
      content: pack,
      parentId,
      source: "upload",
      broughtBy: actor.id,
      broughtAt: input.at,
    });
    await recordEvent(tx, { ...told("pack.brought", proposalId, pack), at: input.at }, actor);
    return { proposalId };
  });
  return sayPackRefusals(work);
}

const STARTER = systemActor("start");

/**
 * A start found the data folder changed: brought once, unless these very rules were decided on before, and in place of
 * an earlier find nobody asked for. What an administrator brought or asked for is left waiting.
 */
export async function bringFromFolder(tx: Tx, loaded: LoadedPack, at: Date): Promise<void> {
  const { pack, sha256 } = loaded;
  const [known] = await tx
    .select({ id: packProposals.id })
    .from(packProposals)
    .where(
      and(
        eq(packProposals.packId, pack.id),
        eq(packProposals.version, pack.version),
        eq(packProposals.sha256, sha256),
      ),
    )
    .limit(1);
  if (known !== undefined) return;
  const [waiting] = await tx
    .select({
      id: packProposals.id,
      source: packProposals.source,
      requestedBy: packProposals.requestedBy,
    })
    .from(packProposals)
    .where(and(eq(packProposals.packId, pack.id), isNull(packProposals.outcome)))
    .for("update");
  if (waiting !== undefined) {
    if (waiting.source !== "folder" || waiting.requestedBy !== null) return;
    await tx
      .update(packProposals)
      .set({ outcome: "replaced", decidedAt: at })
      .where(eq(packProposals.id, waiting.id));
  }
  const [held] = await tx.select().from(portalPacks).where(eq(portalPacks.packId, pack.id));
  const id = uuidv7();
  await tx.insert(packProposals).values({
    ...{ id, packId: pack.id, version: pack.version, sha256, content: pack },
    ...{ parentId: held?.parentId ?? null, source: "folder", broughtAt: at },
  });
  await recordEvent(tx, { ...told("pack.found", id, pack), at }, STARTER);
}

/** An act on a proposal as the trail tells it. */
export function told(action: string, proposalId: string, pack: { id: string; version: string }) {
  return {
    action,
    subjectTable: "pack_proposals",
    subjectId: proposalId,
    data: { packId: pack.id, packVersion: pack.version },
  };
}
