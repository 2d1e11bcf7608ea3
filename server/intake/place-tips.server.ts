import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { dossierKeys, dossiers, leads, leadSectors } from "~db/schema/leads";
import { dossierKeysOf, type DossierKey } from "~server/dossiers/find-dossier.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { subjectLabel, type Placement, type SubjectFacts } from "./place-tip.server";

/**
 * Places many reports as `placeTip` would one after the other, with two questions and one insert a table for all of
 * them: a file of reports has too many for two questions each. A report finds the dossiers and leads of those before it.
 * Throws as `placeTip` where another transaction takes a key or opens a lead meanwhile.
 */
export async function placeTips(
  tx: Tx,
  input: { readonly reports: readonly SubjectFacts[]; readonly pack: LoadedPack; readonly today: string },
): Promise<Placement[]> {
  const packId = input.pack.pack.id;
  const keysOf = input.reports.map((facts) => dossierKeysOf(facts));
  const owners = await readOwners(tx, packId, keysOf.flat());
  const openLeads = await readOpenLeads(tx, [...new Set(owners.values())]);
  const made: Made = { dossiers: [], keys: [], leads: [], sectors: [] };
  const placements = input.reports.map((facts, at): Placement => {
    const keys = keysOf[at] ?? [];
    const known = keys.flatMap((key) => owners.get(nameOf(key)) ?? []);
    const [chosen] = known;
    const dossierId = chosen ?? uuidv4();
    if (chosen === undefined)
      made.dossiers.push({ id: dossierId, packId, name: subjectLabel(facts), openedOn: input.today });
    for (const { kind, key } of keys) {
      if (owners.has(nameOf({ kind, key }))) continue;
      owners.set(nameOf({ kind, key }), dossierId);
      made.keys.push({ packId, kind, key, dossierId });
    }
    const conflictingDossiers = [...new Set(known.filter((other) => other !== dossierId))];
    const open = openLeads.get(dossierId);
    if (open !== undefined) return { leadId: open, opened: false, conflictingDossiers };
    const leadId = uuidv4();
    openLeads.set(dossierId, leadId);
    openLead(made, { leadId, dossierId, packId, facts, today: input.today });
    return { leadId, opened: true, conflictingDossiers };
  });
  await store(tx, made);
  return placements;
}

type Made = {
  readonly dossiers: (typeof dossiers.$inferInsert)[];
  readonly keys: (typeof dossierKeys.$inferInsert)[];
  readonly leads: (typeof leads.$inferInsert)[];
  readonly sectors: (typeof leadSectors.$inferInsert)[];
};

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
  if (made.dossiers.length > 0) await tx.insert(dossiers).values(made.dossiers);
  if (made.keys.length > 0) await tx.insert(dossierKeys).values(made.keys);
  if (made.leads.length > 0) await tx.insert(leads).values(made.leads);
  if (made.sectors.length > 0) await tx.insert(leadSectors).values(made.sectors);
}

/** Which dossier has a key, by `nameOf` the key. */
async function readOwners(tx: Tx, packId: string, keys: readonly DossierKey[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const kinds = keys.map(({ kind }) => kind);
  const texts = keys.map(({ key }) => key);
  const rows = await tx
    .select({ kind: dossierKeys.kind, key: dossierKeys.key, dossierId: dossierKeys.dossierId })
    .from(dossierKeys)
    .where(
      and(
        eq(dossierKeys.packId, packId),
        sql`(${dossierKeys.kind}, ${dossierKeys.key}) in (select * from unnest(${sql.param(kinds)}::text[], ${sql.param(texts)}::text[]))`,
      ),
    );
  return new Map(rows.map(({ kind, key, dossierId }) => [nameOf({ kind, key }), dossierId]));
}

/** The open lead of each dossier that has one; of several the latest. */
async function readOpenLeads(tx: Tx, dossierIds: readonly string[]): Promise<Map<string, string>> {
  if (dossierIds.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([leads.dossierId], { dossierId: leads.dossierId, id: leads.id })
    .from(leads)
    .where(and(inArray(leads.dossierId, [...dossierIds]), isNull(leads.closedAt)))
    .orderBy(leads.dossierId, desc(leads.number));
  return new Map(rows.map(({ dossierId, id }) => [dossierId, id]));
}

function nameOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind}\u0000${key}`;
}
