import { and, desc, eq, inArray, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossierKeys, leads } from "~db/schema/leads";
import { KEY_KINDS, type DossierKey } from "./identifying-key";

export type DossierMatch = {
  /** The dossier that stands for the subject now, merges followed. */
  readonly dossierId: string;
  /** The dossier whose own key matched: new keys of the report go to it, so that an un-merge divides them rightly. */
  readonly ownerId: string;
  /** The dossier's open lead, if it has one. */
  readonly openLeadId: string | null;
  /** Keys of the report that no dossier has yet. */
  readonly newKeys: DossierKey[];
  /** Keys that name another dossier than the one chosen: triage is told, nothing is merged by itself. */
  readonly conflicting: { readonly key: DossierKey; readonly dossierId: string }[];
};

/** What `findDossier` says of a report that no dossier may take by itself. */
export type NoMatch = {
  readonly dossierId: null;
  readonly newKeys: DossierKey[];
  readonly conflicting: DossierMatch["conflicting"];
};

/**
 * The dossier a report belongs to by equal keys: the surest kind first (信用代码, site, app, account, phone). An equal
 * account or phone never joins a report to a dossier with another 信用代码: people work for several companies.
 */
export async function findDossier(
  tx: Tx,
  packId: string,
  keys: readonly DossierKey[],
): Promise<DossierMatch | NoMatch> {
  if (keys.length === 0) return { dossierId: null, newKeys: [], conflicting: [] };
  const known = await tx
    .select({
      kind: dossierKeys.kind,
      key: dossierKeys.key,
      ownerId: dossierKeys.dossierId,
      rootId: sql<string>`root_dossier(${dossierKeys.dossierId})`,
    })
    .from(dossierKeys)
    .where(and(eq(dossierKeys.packId, packId), or(...keys.map(sameKey))));
  const ownerOf = (key: DossierKey) => known.find((row) => row.kind === key.kind && row.key === key.key);
  const newKeys = keys.filter((key) => ownerOf(key) === undefined);
  const found = keys.map((key) => ({ key, owner: ownerOf(key) })).find(({ owner }) => owner !== undefined);
  const conflictingWith = (rootId: string | null) =>
    keys.flatMap((key) => {
      const owner = ownerOf(key);
      return owner !== undefined && owner.rootId !== rootId ? [{ key, dossierId: owner.rootId }] : [];
    });
  if (found?.owner === undefined) return { dossierId: null, newKeys, conflicting: [] };
  const { rootId, ownerId } = found.owner;
  if (await isAnotherCompany(tx, packId, [rootId, ownerId], found.key, keys))
    return { dossierId: null, newKeys, conflicting: conflictingWith(null) };
  const open = await tx
    .select({ id: leads.id })
    .from(leads)
    .where(and(eq(leads.dossierId, rootId), isNull(leads.closedAt)))
    .orderBy(desc(leads.number))
    .limit(1);
  return {
    dossierId: rootId,
    ownerId,
    openLeadId: open[0]?.id ?? null,
    newKeys,
    conflicting: conflictingWith(rootId),
  };
}

async function isAnotherCompany(
  tx: Tx,
  packId: string,
  owners: readonly string[],
  by: DossierKey,
  keys: readonly DossierKey[],
): Promise<boolean> {
  // A 信用代码 of the report that is known would have been `by`: here it is new.
  if (KEY_KINDS.indexOf(by.kind) < KEY_KINDS.indexOf("account")) return false;
  if (!keys.some(({ kind }) => kind === "uscc")) return false;
  const [other] = await tx
    .select({ key: dossierKeys.key })
    .from(dossierKeys)
    .where(
      and(
        eq(dossierKeys.packId, packId),
        eq(dossierKeys.kind, "uscc"),
        inArray(dossierKeys.dossierId, [...owners]),
      ),
    )
    .limit(1);
  return other !== undefined;
}

function sameKey(key: DossierKey): SQL | undefined {
  return and(eq(dossierKeys.kind, key.kind), eq(dossierKeys.key, key.key));
}
