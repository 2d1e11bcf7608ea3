import { and, desc, eq, inArray, isNull, or, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossierKeys, leads } from "~db/schema/leads";
import { identifiesSubject } from "./shared-hosts";

export type DossierKey = { readonly kind: "uscc" | "site"; readonly key: string };

/** The exact keys of a report: its 统一社会信用代码 and the site hosts that can identify a subject. */
export function dossierKeysOf(facts: {
  uscc: string | null;
  identifiers: readonly { kind: string; key: string }[];
}): DossierKey[] {
  const sites = facts.identifiers.filter(({ kind, key }) => kind === "site" && identifiesSubject(key));
  const keys: DossierKey[] = sites.map(({ key }) => ({ kind: "site", key }));
  if (facts.uscc !== null) keys.unshift({ kind: "uscc", key: facts.uscc });
  return keys.filter(
    (one, at) => keys.findIndex((other) => other.kind === one.kind && other.key === one.key) === at,
  );
}

export type DossierMatch = {
  readonly dossierId: string;
  /** The dossier's open lead, if it has one. */
  readonly openLeadId: string | null;
  /** Keys of the report that no dossier has yet. */
  readonly newKeys: DossierKey[];
  /** Keys that name another dossier than the one chosen: triage is told, nothing is merged by itself. */
  readonly conflicting: { readonly key: DossierKey; readonly dossierId: string }[];
};

/** The dossier a report belongs to by equal keys. The 信用代码 outweighs a site; null when no key is known. */
export async function findDossier(
  tx: Tx,
  packId: string,
  keys: readonly DossierKey[],
): Promise<DossierMatch | null> {
  if (keys.length === 0) return null;
  const known = await tx
    .select({ kind: dossierKeys.kind, key: dossierKeys.key, dossierId: dossierKeys.dossierId })
    .from(dossierKeys)
    .where(and(eq(dossierKeys.packId, packId), or(...keys.map(sameKey))));
  const ownerOf = (key: DossierKey) =>
    known.find((row) => row.kind === key.kind && row.key === key.key)?.dossierId;
  const chosen = keys.map(ownerOf).find((owner) => owner !== undefined);
  if (chosen === undefined) return null;
  const open = await tx
    .select({ id: leads.id })
    .from(leads)
    .where(and(inArray(leads.dossierId, [chosen]), isNull(leads.closedAt)))
    .orderBy(desc(leads.number))
    .limit(1);
  return {
    dossierId: chosen,
    openLeadId: open[0]?.id ?? null,
    newKeys: keys.filter((key) => ownerOf(key) === undefined),
    conflicting: keys.flatMap((key) => {
      const dossierId = ownerOf(key);
      return dossierId !== undefined && dossierId !== chosen ? [{ key, dossierId }] : [];
    }),
  };
}

function sameKey(key: DossierKey): SQL | undefined {
  return and(eq(dossierKeys.kind, key.kind), eq(dossierKeys.key, key.key));
}
