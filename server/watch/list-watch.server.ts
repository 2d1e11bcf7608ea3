import { and, asc, count, desc, eq, inArray, isNotNull, sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { dossierKeys, dossiers, leads } from "~db/schema/leads";
import { staff } from "~db/schema/staff";
import { registrationLists, watchEntries, watchHits } from "~db/schema/watch";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { ListFault } from "./list-columns";
import { foldName } from "./read-list-row";
import type { WatchStatus } from "./watch-status";

export const ENTRIES_A_PAGE = 30;
const LISTS_SHOWN = 5;

export type WatchFilters = {
  readonly status: WatchStatus | null;
  /** Part of the name, or a whole 信用代码. */
  readonly search: string;
  readonly keyword: string;
  readonly goneOnly: boolean;
};

export type LeadLink = { readonly id: string; readonly number: number };
export type WatchEntry = {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly uscc: string | null;
  readonly address: string | null;
  readonly placeCode: string | null;
  readonly representative: string | null;
  readonly scope: string | null;
  readonly registeredOn: string | null;
  readonly state: string | null;
  readonly status: WatchStatus;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly lead: LeadLink | null;
  readonly goneOn: string | null;
  readonly inName: readonly string[];
  readonly inScope: readonly string[];
  /** The dossier with the same 信用代码, and its newest lead this person sees. */
  readonly dossier: { readonly name: string; readonly lead: LeadLink | null } | null;
};

export type LoadedListView = Omit<typeof registrationLists.$inferSelect, "faults" | "sha256"> & {
  readonly faults: readonly ListFault[];
};

/** The watch list, a page at a time, and the lists loaded last. 404 for anyone but triage and audit. */
export async function listWatch(
  db: Database,
  input: { readonly packId: string; readonly filters: WatchFilters; readonly page: number },
  actor: StaffActor,
): Promise<{
  entries: WatchEntry[];
  total: number;
  keywords: string[];
  lists: LoadedListView[];
}> {
  if (!hasRole(actor, "triage_officer", "auditor")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const where = matching(input.packId, input.filters);
    const [counted] = await tx.select({ total: count() }).from(watchEntries).where(where);
    const entries = await readEntries(tx, where, ENTRIES_A_PAGE, (input.page - 1) * ENTRIES_A_PAGE);
    const keywords = await tx
      .selectDistinct({ keyword: watchHits.keyword })
      .from(watchHits)
      .orderBy(asc(watchHits.keyword))
      .limit(300);
    const lists = await tx
      .select()
      .from(registrationLists)
      .where(eq(registrationLists.packId, input.packId))
      .orderBy(desc(registrationLists.loadedAt), desc(registrationLists.id))
      .limit(LISTS_SHOWN);
    return {
      entries,
      total: counted?.total ?? 0,
      keywords: keywords.map(({ keyword }) => keyword),
      lists: lists.map(({ faults, sha256: _sha256, ...list }) => ({
        ...list,
        faults: faults as readonly ListFault[],
      })),
    };
  });
}

export function matching(packId: string, filters: WatchFilters): SQL | undefined {
  const { status, search, keyword, goneOnly } = filters;
  const wanted = foldName(search);
  return and(
    eq(watchEntries.packId, packId),
    status === null ? undefined : eq(watchEntries.status, status),
    wanted === ""
      ? undefined
      : sql`(strpos(${watchEntries.foldedName}, ${wanted}) > 0 or ${watchEntries.uscc} = ${wanted.toUpperCase()})`,
    keyword === ""
      ? undefined
      : sql`exists (select 1 from ${watchHits} where ${watchHits.entryId} = ${watchEntries.id} and ${watchHits.keyword} = ${keyword})`,
    goneOnly ? isNotNull(watchEntries.goneListId) : undefined,
  );
}

/** Newest first; hits, decider, lead and dossier as far as this person sees them. */
export async function readEntries(
  tx: Tx,
  where: SQL | undefined,
  limit: number,
  offset: number,
): Promise<WatchEntry[]> {
  const rows = await tx
    .select({
      entry: watchEntries,
      decidedBy: staff.displayName,
      lead: { id: leads.id, number: leads.number },
      goneOn: registrationLists.listedOn,
    })
    .from(watchEntries)
    .leftJoin(staff, eq(staff.id, watchEntries.statusBy))
    .leftJoin(leads, eq(leads.id, watchEntries.leadId))
    .leftJoin(registrationLists, eq(registrationLists.id, watchEntries.goneListId))
    .where(where)
    .orderBy(desc(watchEntries.id))
    .limit(limit)
    .offset(offset);
  const hits = await readHits(
    tx,
    rows.map(({ entry }) => entry.id),
  );
  const files = await readDossiers(
    tx,
    rows.flatMap(({ entry }) => (entry.uscc === null ? [] : [entry.uscc])),
  );
  return rows.map(({ entry, decidedBy, lead, goneOn }) => {
    const found = (field: string) => [
      ...new Set(
        hits.flatMap((hit) => (hit.entryId === entry.id && hit.field === field ? [hit.keyword] : [])),
      ),
    ];
    return {
      ...entry,
      status: entry.status as WatchStatus,
      reason: entry.statusReason,
      decidedBy,
      decidedAt: entry.statusAt,
      lead,
      goneOn,
      inName: found("name"),
      inScope: found("scope"),
      dossier: (entry.uscc === null ? undefined : files.get(`${entry.packId} ${entry.uscc}`)) ?? null,
    };
  });
}

async function readHits(tx: Tx, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return tx
    .select({ entryId: watchHits.entryId, field: watchHits.field, keyword: watchHits.keyword })
    .from(watchHits)
    .where(inArray(watchHits.entryId, [...ids]))
    .orderBy(asc(watchHits.id));
}

async function readDossiers(tx: Tx, usccs: readonly string[]) {
  const found = new Map<string, NonNullable<WatchEntry["dossier"]>>();
  if (usccs.length === 0) return found;
  const rows = await tx
    .select({
      packId: dossierKeys.packId,
      uscc: dossierKeys.key,
      name: dossiers.name,
      lead: { id: leads.id, number: leads.number },
    })
    .from(dossierKeys)
    .innerJoin(dossiers, eq(dossiers.id, dossierKeys.dossierId))
    .innerJoin(leads, eq(leads.dossierId, dossiers.id))
    .where(and(eq(dossierKeys.kind, "uscc"), inArray(dossierKeys.key, [...usccs])))
    .orderBy(asc(leads.number));
  for (const { packId, uscc, name, lead } of rows) found.set(`${packId} ${uscc}`, { name, lead });
  return found;
}
