import { eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { portalPacks } from "~db/schema/pack-versions";
import { agencies } from "~db/schema/staff";
import type { LoadedPack } from "./load-pack.server";
import { endOf } from "./look-up-pack";
import { readPackInForce } from "./read-stored-pack.server";

/** A body that has ceased: ids as the database knows them, and what to cite. */
export type EndedBody = {
  readonly id: string;
  readonly name: string;
  /** Who has its duties now; null where the plan names nobody. */
  readonly successorId: string | null;
  readonly clause: string;
  readonly packId: string;
  readonly packVersion: string;
};

/**
 * Writes down which bodies have ceased by a day (YYYY-MM-DD) and who has their duties, as the packs in force at this
 * moment say; answers those that have. Rows are kept from being settled twice at once: the last reading counts.
 */
export async function settleBodies(tx: Tx, home: LoadedPack, day: string): Promise<EndedBody[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('bodies'))`);
  const held = await tx.select({ packId: portalPacks.packId }).from(portalPacks);
  const ended: EndedBody[] = [];
  for (const { packId } of held) {
    const loaded = await readPackInForce(tx, packId, home);
    if (loaded === null) continue;
    const { pack } = loaded;
    const stored = await tx.select().from(agencies).where(eq(agencies.packId, packId)).orderBy(agencies.id);
    for (const { id, slug, name, validTo, successorId } of stored) {
      const end = endOf(pack, slug, day);
      const heir = end?.successor ?? null;
      const now = {
        // A body of which no day is known has ceased since it was first seen to.
        validTo: end === null ? null : (end.lastDay ?? validTo ?? day),
        successorId: heir === null ? null : `${packId}.${heir}`,
      };
      if (now.validTo !== validTo || now.successorId !== successorId)
        await tx.update(agencies).set(now).where(eq(agencies.id, id));
      if (end === null) continue;
      const { clause } = end;
      ended.push({ id, name, successorId: now.successorId, clause, packId, packVersion: pack.version });
    }
  }
  return ended;
}
