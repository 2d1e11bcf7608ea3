import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { matchAny } from "~db/match-any.server";
import { dossierKeys, dossiers, leads, leadSectors } from "~db/schema/leads";
import { foldName, gramsOf } from "~server/dossiers/fold-name.server";
import { KEY_KINDS, dossierKeysOf, type DossierKey } from "~server/dossiers/identifying-key";
import { choosePack } from "~server/packs/choose-pack";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readHeldPacks } from "~server/packs/packs-of-leads.server";
import { placesOf, subjectLabel, type Placement, type SubjectFacts } from "./place-tip.server";

/**
 * Places many reports as `placeTip` would one after the other, with a few questions and one insert a table for all of
 * them: a file of reports has too many for a few questions each. A report finds the dossiers and leads of those before it.
 * Throws as `placeTip` where another transaction takes a key or opens a lead meanwhile.
 */
export async function placeTips(
  tx: Tx,
  input: { readonly reports: readonly SubjectFacts[]; readonly pack: LoadedPack; readonly today: string },
): Promise<Placement[]> {
  const packId = input.pack.pack.id;
  const keysOf = input.reports.map((facts) => dossierKeysOf(facts));
  const owners = await readOwners(tx, packId, keysOf.flat());
  const coded = await readCoded(
    tx,
    packId,
    [...owners.values()].flatMap(({ ownerId, rootId }) => [ownerId, rootId]),
  );
  const openLeads = await readOpenLeads(tx, [...new Set([...owners.values()].map(({ rootId }) => rootId))]);
  const packs = await readHeldPacks(tx, input.pack);
  const made: Made = { dossiers: [], keys: [], leads: [], sectors: [] };
  const placements = input.reports.map((facts, at): Placement => {
    const keys = keysOf[at] ?? [];
    const match = chooseOwner(keys, owners, coded);
    const { rootId, ownerId } = match ?? openDossier(made, { packId, facts, today: input.today });
    const conflictingDossiers = [
      ...new Set(keys.flatMap((key) => owners.get(nameOf(key))?.rootId ?? [])),
    ].filter((other) => other !== rootId);
    for (const { kind, key } of keys) {
      if (owners.has(nameOf({ kind, key }))) continue;
      owners.set(nameOf({ kind, key }), { rootId, ownerId });
      if (kind === "uscc") coded.add(ownerId);
      made.keys.push({ packId, kind, key, dossierId: ownerId });
    }
    const open = openLeads.get(rootId);
    if (open !== undefined) return { leadId: open, opened: false, conflictingDossiers };
    const leadId = uuidv4();
    openLeads.set(rootId, leadId);
    const leadPackId = choosePack(packs, placesOf(facts))?.pack.id ?? packId;
    openLead(made, { leadId, dossierId: rootId, packId: leadPackId, facts, today: input.today });
    return { leadId, opened: true, conflictingDossiers };
  });
  await store(tx, made);
  return placements;
}

/** Whose own key it is, and the dossier that stands for the subject now, merges followed. */
type Owner = { readonly ownerId: string; readonly rootId: string };

/** The rule of `findDossier`: the surest key decides, but an account or phone never joins two companies. */
function chooseOwner(
  keys: readonly DossierKey[],
  owners: ReadonlyMap<string, Owner>,
  coded: ReadonlySet<string>,
): Owner | null {
  for (const key of keys) {
    const owner = owners.get(nameOf(key));
    if (owner === undefined) continue;
    const loose = KEY_KINDS.indexOf(key.kind) >= KEY_KINDS.indexOf("account");
    const another = coded.has(owner.rootId) || coded.has(owner.ownerId);
    return loose && another && keys.some(({ kind }) => kind === "uscc") ? null : owner;
  }
  return null;
}

type Made = {
  readonly dossiers: (typeof dossiers.$inferInsert)[];
  readonly keys: (typeof dossierKeys.$inferInsert)[];
  readonly leads: (typeof leads.$inferInsert)[];
  readonly sectors: (typeof leadSectors.$inferInsert)[];
};

function openDossier(made: Made, of: { packId: string; facts: SubjectFacts; today: string }): Owner {
  const id = uuidv4();
  const name = subjectLabel(of.facts);
  const folded = foldName(name);
  made.dossiers.push({
    id,
    ...{ packId: of.packId, name, nameOfficeOnly: of.facts.concernsOfficial, openedOn: of.today },
    ...{ folded, grams: gramsOf(folded) },
  });
  return { rootId: id, ownerId: id };
}

function openLead(
  made: Made,
  of: { leadId: string; dossierId: string; packId: string; facts: SubjectFacts; today: string },
): void {
  const { leadId, dossierId, packId, facts, today } = of;
  made.leads.push({
    id: leadId,
    packId,
    dossierId,
    name: subjectLabel(facts),
    stage: "new",
    leadingOfficeOnly: facts.concernsOfficial,
    openedOn: today,
  });
  made.sectors.push({ id: uuidv4(), leadId, sector: facts.sector, isPrimary: true, fromOn: today });
}

async function store(tx: Tx, made: Made): Promise<void> {
  await insertRows(tx, dossiers, made.dossiers);
  await insertRows(tx, dossierKeys, made.keys);
  await insertRows(tx, leads, made.leads);
  await insertRows(tx, leadSectors, made.sectors);
}

/** Whose each known key is, by `nameOf` the key. */
async function readOwners(tx: Tx, packId: string, keys: readonly DossierKey[]): Promise<Map<string, Owner>> {
  if (keys.length === 0) return new Map();
  const kinds = keys.map(({ kind }) => kind);
  const texts = keys.map(({ key }) => key);
  // A look-up for each key: joined, all keys of the portal are read where PostgreSQL takes them for few.
  const { rows } = await tx.execute<{ kind: string; key: string; ownerId: string; rootId: string }>(sql`
    select known.kind, known.key, known.dossier_id as "ownerId", root_dossier(known.dossier_id) as "rootId"
      from (select distinct kind, key from unnest(${sql.param(kinds)}::text[], ${sql.param(texts)}::text[]) as u(kind, key)) given
     cross join lateral (select k.kind, k.key, k.dossier_id from ${dossierKeys} k
       where k.pack_id = ${packId} and k.kind = given.kind and k.key = given.key limit 1) known`);
  return new Map(rows.map(({ kind, key, ownerId, rootId }) => [nameOf({ kind, key }), { ownerId, rootId }]));
}

/** Those of the dossiers whose subject has a 信用代码. */
async function readCoded(tx: Tx, packId: string, dossierIds: readonly string[]): Promise<Set<string>> {
  if (dossierIds.length === 0) return new Set();
  const rows = await tx
    .selectDistinct({ id: dossierKeys.dossierId })
    .from(dossierKeys)
    .where(
      and(
        eq(dossierKeys.packId, packId),
        eq(dossierKeys.kind, "uscc"),
        matchAny(dossierKeys.dossierId, [...new Set(dossierIds)]),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}

/** The open lead of each dossier that has one; of several the latest. */
async function readOpenLeads(tx: Tx, dossierIds: readonly string[]): Promise<Map<string, string>> {
  if (dossierIds.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([leads.dossierId], { dossierId: leads.dossierId, id: leads.id })
    .from(leads)
    .where(and(matchAny(leads.dossierId, dossierIds), isNull(leads.closedAt)))
    .orderBy(leads.dossierId, desc(leads.number));
  return new Map(rows.map(({ dossierId, id }) => [dossierId, id]));
}

function nameOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind}\u0000${key}`;
}
