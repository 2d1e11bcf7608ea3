import { inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { dossierKeys, dossiers, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { foldName, gramsOf } from "./fold-name.server";
import { dossierKeysOf } from "./identifying-key";

const BATCH = 200;
/** Of a dossier from before apps, accounts and phones were keys, this many different identifiers are taken up, first come first. */
const KEYS_A_DOSSIER = 5_000;

/**
 * Gives dossiers from before names were indexed their folded name, and the keys their tips hold by today's rules (a
 * key another dossier has stays there). Says how many.
 */
export async function indexNames(db: Database, options: { keepOn?: () => boolean } = {}): Promise<number> {
  for (let done = 0; ;) {
    if (options.keepOn?.() === false) return done;
    const indexed = await withActor(db, systemActor("index-names"), async (tx) => {
      const waiting = await tx
        .select({ id: dossiers.id, name: dossiers.name, packId: dossiers.packId })
        .from(dossiers)
        .where(isNull(dossiers.grams))
        .limit(BATCH)
        .for("update", { skipLocked: true });
      if (waiting.length === 0) return 0;
      const ids = waiting.map(({ id }) => id);
      for (const { id, name } of waiting) {
        const folded = foldName(name);
        await tx
          .update(dossiers)
          .set({ folded, grams: gramsOf(folded) })
          .where(sql`${dossiers.id} = ${id}`);
      }
      // Each dossier for itself: a large one must not use up what the others of its batch need.
      const { rows: found } = await tx.execute<{ dossierId: string; kind: string; key: string }>(sql`
        select d.id as "dossierId", i.kind, i.key from ${dossiers} d cross join lateral (
          select ti.kind, ti.key from ${leads} l join ${tips} t on t.lead_id = l.id
            join ${tipIdentifiers} ti on ti.tip_id = t.id
           where l.dossier_id = d.id group by ti.kind, ti.key order by min(t.arrival_no) limit ${KEYS_A_DOSSIER}) i
         where ${inArray(sql`d.id`, ids)}`);
      const packOf = new Map(waiting.map(({ id, packId }) => [id, packId]));
      const keys = found.flatMap(({ dossierId, ...one }) =>
        dossierKeysOf({ uscc: null, identifiers: [one] }).map((key) => ({
          ...key,
          dossierId,
          packId: packOf.get(dossierId) ?? "",
        })),
      );
      if (keys.length > 0) await tx.insert(dossierKeys).values(keys).onConflictDoNothing();
      return waiting.length;
    });
    done += indexed;
    if (indexed === 0) return done;
  }
}
