import { and, eq, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { watchEntries, watchHits, watchVersions } from "~db/schema/watch";
import type { Pack } from "~server/packs/grammar";
import { screenName } from "~server/packs/look-up-pack";
import { foldName, type ReadRow, type Registered } from "./read-list-row";

export type Applied = { matched: number; added: number; changed: number };
type Hit = { readonly field: "name" | "scope"; readonly keyword: string };
type Entry = typeof watchEntries.$inferSelect;

/**
 * The screening's keywords (those of every sector: a register does not say what a company does) in a company's name
 * and scope, exemptions taken away.
 */
export function screenCompany(pack: Pack, { name, scope }: Pick<Registered, "name" | "scope">): Hit[] {
  const of = (field: Hit["field"], text: string | null): Hit[] =>
    text === null ? [] : screenName(pack, text, "every").map((keyword) => ({ field, keyword }));
  return [...of("name", name), ...of("scope", scope)];
}

/**
 * Takes a batch of a list's rows into the watch list: what the screening finds is added, what is watched already is
 * brought up to date even where it is found no more (a new name is how a company slips away). A cleared entry with a
 * keyword nobody has judged is looked at again.
 */
export async function applyRows(
  tx: Tx,
  input: { readonly rows: readonly ReadRow[]; readonly listId: string; readonly pack: Pack },
): Promise<Applied> {
  const { rows, listId, pack } = input;
  const known = await readKnown(tx, pack.id, rows);
  const fresh: (typeof watchEntries.$inferInsert)[] = [];
  const versions: (typeof watchVersions.$inferInsert)[] = [];
  const hits: (typeof watchHits.$inferInsert)[] = [];
  const same: string[] = [];
  const done = { matched: 0, added: 0, changed: 0 };
  for (const { entryKey, facts } of rows) {
    const found = screenCompany(pack, facts);
    const before = known.entries.get(entryKey);
    if (found.length > 0) done.matched += 1;
    if (before === undefined && found.length === 0) continue;
    const entryId = before?.id ?? uuidv7();
    for (const one of found) hits.push({ id: uuidv7(), entryId, listId, packVersion: pack.version, ...one });
    const kind = kindOf(before, facts);
    if (kind !== null) versions.push({ id: uuidv7(), entryId, listId, kind, facts });
    if (before === undefined) {
      done.added += 1;
      const foldedName = foldName(facts.name);
      fresh.push({ id: entryId, packId: pack.id, entryKey, ...facts, foldedName, lastListId: listId });
      continue;
    }
    const again =
      before.status === "cleared" && found.some(({ keyword }) => !known.judged.has(`${entryId} ${keyword}`));
    if (kind === null && !again) same.push(entryId);
    else {
      if (kind !== null) done.changed += 1;
      await bringUp(tx, { entryId, facts, listId, again });
    }
  }
  if (fresh.length > 0) await tx.insert(watchEntries).values(fresh);
  if (same.length > 0)
    await tx.update(watchEntries).set({ lastListId: listId }).where(inArray(watchEntries.id, same));
  if (versions.length > 0) await tx.insert(watchVersions).values(versions);
  if (hits.length > 0) await tx.insert(watchHits).values(hits).onConflictDoNothing();
  return done;
}

async function readKnown(tx: Tx, packId: string, rows: readonly ReadRow[]) {
  const found = await tx
    .select()
    .from(watchEntries)
    .where(
      and(
        eq(watchEntries.packId, packId),
        inArray(
          watchEntries.entryKey,
          rows.map(({ entryKey }) => entryKey),
        ),
      ),
    );
  const cleared = found.filter(({ status }) => status === "cleared").map(({ id }) => id);
  const judged =
    cleared.length === 0
      ? []
      : await tx
          .select({ entryId: watchHits.entryId, keyword: watchHits.keyword })
          .from(watchHits)
          .where(inArray(watchHits.entryId, cleared));
  return {
    entries: new Map(found.map((one) => [one.entryKey, one])),
    judged: new Set(judged.map(({ entryId, keyword }) => `${entryId} ${keyword}`)),
  };
}

function kindOf(before: Entry | undefined, facts: Registered): "first" | "back" | "changed" | null {
  if (before === undefined) return "first";
  if (before.goneListId !== null) return "back";
  const names = Object.keys(facts) as (keyof Registered)[];
  return names.some((name) => before[name] !== facts[name]) ? "changed" : null;
}

async function bringUp(
  tx: Tx,
  of: { entryId: string; facts: Registered; listId: string; again: boolean },
): Promise<void> {
  await tx
    .update(watchEntries)
    .set({
      ...of.facts,
      foldedName: foldName(of.facts.name),
      lastListId: of.listId,
      goneListId: null,
      version: sql`${watchEntries.version} + 1`,
      ...(of.again ? { status: "to_look", statusReason: null, statusBy: null, statusAt: null } : {}),
    })
    .where(eq(watchEntries.id, of.entryId));
}
