import { and, asc, desc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { dossierAliases, dossierFields, dossierMerges } from "~db/schema/dossiers";
import { events } from "~db/schema/events";
import { findings } from "~db/schema/findings";
import { dossierKeys, leads, leadSectors } from "~db/schema/leads";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import { readDossierInScope, type DossierRow } from "./dossier-scope.server";
import { DOSSIER_FIELDS, type DossierField } from "./field-names";
import { findLinks, type Shared } from "./find-links.server";
import { undoResult, type UndoResult } from "./merge-record";
import { readShownNames } from "./read-shown-names.server";
import { findWritableLead } from "./record-field.server";
import { listDismissals, type Dismissal } from "./list-dismissals.server";
import { suggestMerges, type Suggestion } from "./suggest-merges.server";

const LEADS_SHOWN = 50;
const HISTORY_SHOWN = 30;

export type FieldVersion = {
  readonly field: DossierField;
  readonly version: number;
  readonly value: string;
  readonly source: string;
  readonly by: string;
  readonly at: Date;
  /** Kept to the leading office, with versions of its own. */
  readonly officeOnly: boolean;
};

export type DossierPage = {
  readonly dossier: DossierRow;
  /** Where it went, when it was merged away. */
  readonly mergedInto: { readonly id: string; readonly name: string } | null;
  readonly aliases: readonly { id: string; name: string; ofMerge: boolean; officeOnly: boolean }[];
  /** The fields that say something, in the plan's order. */
  readonly fields: readonly FieldVersion[];
  /** The version a person who writes goes on from, by field; none where there is none yet. */
  readonly fieldBases: ReadonlyMap<string, number>;
  /** Newest first. */
  readonly fieldHistory: readonly FieldVersion[];
  readonly leads: readonly DossierLead[];
  readonly leadCount: number;
  /** 合规 / 整改 / 取缔, by verified findings, oldest first. */
  readonly classes: readonly DossierClass[];
  /** Exact keys, for triage and audit: a body reads those of its own leads' tips there. */
  readonly keys: readonly { kind: string; key: string }[];
  readonly links: readonly { dossierId: string; name: string; shared: readonly Shared[] }[];
  readonly suggestions: readonly Suggestion[];
  readonly dismissals: readonly Dismissal[];
  readonly merges: readonly DossierMerge[];
  readonly sectors: readonly string[];
  readonly timeline: readonly (typeof events.$inferSelect)[];
  readonly mayWrite: boolean;
  readonly mayMerge: boolean;
};

export type DossierLead = {
  readonly id: string;
  readonly number: number;
  readonly stage: string;
  readonly openedOn: string;
  readonly closureCode: string | null;
  readonly closedAt: Date | null;
  readonly isMajor: boolean;
  /** Tips whose place in the order of arrival is fixed; null for whoever does not read the register. */
  readonly registered: number | null;
};

export type DossierClass = {
  readonly id: string;
  readonly leadNumber: number;
  readonly entityClass: string;
  readonly decisionNumber: string;
  readonly decidedOn: string;
  readonly isFinal: boolean;
  readonly superseded: boolean;
};

export type DossierMerge = {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  readonly undone: {
    readonly by: string;
    readonly at: Date;
    readonly reason: string;
    readonly result: UndoResult | null;
  } | null;
  /** Only the last of those that stand can be undone. */
  readonly mayUndo: boolean;
};

/** One dossier as this person may see it: structured facts, nothing a reporter wrote of themselves. */
export async function readDossier(
  db: Database,
  input: { dossierId: string; withLinks?: boolean },
  actor: StaffActor,
): Promise<DossierPage> {
  return withActor(db, actor, async (tx) => {
    const dossier = await readDossierInScope(tx, input.dossierId, actor);
    const office = hasRole(actor, "triage_officer", "auditor");
    const own = and(eq(leads.dossierId, dossier.id), leadsInScope(actor));
    const [{ leadCount } = { leadCount: 0 }] = await tx
      .select({ leadCount: sql<number>`count(*)::int` })
      .from(leads)
      .where(own);
    const listed = await tx
      .select({
        ...{ id: leads.id, number: leads.number, stage: leads.stage, openedOn: leads.openedOn },
        ...{ closureCode: leads.closureCode, closedAt: leads.closedAt, isMajor: leads.isMajor },
        registered: office
          ? sql<string | null>`coalesce((select r.rank from arrival_ranks r where r.lead_id = ${leads.id}
              order by r.rank desc limit 1), 0)`
          : sql<string | null>`null`,
      })
      .from(leads)
      .where(own)
      .orderBy(desc(leads.number))
      .limit(LEADS_SHOWN);
    const leadIds = listed.map(({ id }) => id);
    const writable = dossier.mergedInto === null ? await findWritableLead(tx, dossier.id, actor) : null;
    const history = await readFields(tx, dossier.id, writable?.leadingOfficeOnly ?? false);
    const links = input.withLinks === false ? [] : await findLinks(tx, dossier.id);
    const merges = office ? await readMerges(tx, dossier.id) : [];
    const triage = hasRole(actor, "triage_officer") && dossier.mergedInto === null;
    return {
      dossier,
      mergedInto: await readRoot(tx, dossier, actor),
      aliases: await readAliases(tx, dossier.id),
      fields: history.latest,
      fieldBases: history.bases,
      fieldHistory: history.recent,
      leads: listed.map((lead) => ({
        ...lead,
        registered: lead.registered === null ? null : Number(lead.registered),
      })),
      leadCount,
      classes: await readClasses(tx, leadIds),
      keys: office ? await readKeys(tx, dossier.id) : [],
      links: await nameLinks(tx, links, actor),
      suggestions: input.withLinks === false ? [] : await suggestMerges(tx, dossier, links, actor),
      dismissals: input.withLinks === false ? [] : await listDismissals(tx, dossier.id, actor),
      merges: merges.map((merge) => ({ ...merge, mayUndo: merge.mayUndo && triage })),
      sectors: await readSectors(tx, leadIds),
      timeline: await readTimeline(tx, dossier.id, leadIds),
      mayWrite: writable !== null,
      mayMerge: triage,
    };
  });
}

async function readRoot(
  tx: Tx,
  { mergedInto }: DossierRow,
  actor: StaffActor,
): Promise<DossierPage["mergedInto"]> {
  if (mergedInto === null) return null;
  const name = (await readShownNames(tx, [mergedInto], actor)).get(mergedInto)?.name;
  return name === undefined ? null : { id: mergedInto, name };
}

async function readAliases(tx: Tx, dossierId: string): Promise<DossierPage["aliases"]> {
  const rows = await tx
    .select({
      ...{ id: dossierAliases.id, name: dossierAliases.name, mergeId: dossierAliases.mergeId },
      officeOnly: dossierAliases.officeOnly,
    })
    .from(dossierAliases)
    .where(and(eq(dossierAliases.dossierId, dossierId), isNull(dossierAliases.endedAt)))
    .orderBy(asc(dossierAliases.addedAt), asc(dossierAliases.id))
    .limit(100);
  return rows.map(({ mergeId, ...row }) => ({ ...row, ofMerge: mergeId !== null }));
}

async function readFields(
  tx: Tx,
  dossierId: string,
  officeOnly: boolean,
): Promise<{ latest: FieldVersion[]; bases: Map<string, number>; recent: FieldVersion[] }> {
  const columns = {
    ...{ field: dossierFields.field, version: dossierFields.version, value: dossierFields.value },
    ...{ source: dossierFields.source, by: staff.displayName, at: dossierFields.recordedAt },
    officeOnly: dossierFields.officeOnly,
  };
  const newest = await tx
    .selectDistinctOn([dossierFields.field, dossierFields.officeOnly], { ...columns, id: dossierFields.id })
    .from(dossierFields)
    .innerJoin(staff, eq(staff.id, dossierFields.recordedBy))
    .where(eq(dossierFields.dossierId, dossierId))
    .orderBy(dossierFields.field, dossierFields.officeOnly, desc(dossierFields.version));
  const recent = await tx
    .select(columns)
    .from(dossierFields)
    .innerJoin(staff, eq(staff.id, dossierFields.recordedBy))
    .where(eq(dossierFields.dossierId, dossierId))
    .orderBy(desc(dossierFields.recordedAt), desc(dossierFields.id))
    .limit(HISTORY_SHOWN);
  const known = (rows: typeof recent) => rows.map((row) => ({ ...row, field: row.field as DossierField }));
  // Of what the office keeps and what bodies read, whichever was written last.
  const byTime = newest.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
  const latest = byTime
    .filter((one, at) => byTime.findIndex(({ field }) => field === one.field) === at)
    .map(({ id: _id, ...row }) => row);
  const inOrder = known(latest).toSorted(
    (a, b) => DOSSIER_FIELDS.indexOf(a.field) - DOSSIER_FIELDS.indexOf(b.field),
  );
  const own = newest.filter((one) => one.officeOnly === officeOnly);
  const bases = new Map(own.map(({ field, version }) => [field, version]));
  return { latest: inOrder, bases, recent: known(recent) };
}

async function readClasses(tx: Tx, leadIds: readonly string[]): Promise<DossierClass[]> {
  if (leadIds.length === 0) return [];
  const rows = await tx
    .select({
      ...{ id: findings.id, leadNumber: leads.number, entityClass: findings.entityClass },
      ...{
        decisionNumber: findings.decisionNumber,
        decidedOn: findings.decidedOn,
        isFinal: findings.isFinal,
      },
      status: findings.status,
    })
    .from(findings)
    .innerJoin(leads, eq(leads.id, findings.leadId))
    .where(and(inArray(findings.leadId, [...leadIds]), inArray(findings.status, ["verified", "superseded"])))
    .orderBy(asc(findings.decidedOn), asc(findings.id))
    .limit(100);
  return rows.map(({ status, ...row }) => ({ ...row, superseded: status === "superseded" }));
}

/** Its own keys and those of the dossiers merged into it, however often. */
async function readKeys(tx: Tx, dossierId: string): Promise<DossierPage["keys"]> {
  return tx
    .select({ kind: dossierKeys.kind, key: dossierKeys.key })
    .from(dossierKeys)
    .where(
      sql`${dossierKeys.dossierId} in (with recursive own(id) as (select ${dossierId}::uuid
        union all select d.id from dossiers d join own on d.merged_into = own.id) select id from own)`,
    )
    .orderBy(dossierKeys.kind, dossierKeys.key)
    .limit(100);
}

async function nameLinks(
  tx: Tx,
  links: readonly { dossierId: string; shared: readonly Shared[] }[],
  actor: StaffActor,
): Promise<DossierPage["links"]> {
  const ids = links.map(({ dossierId }) => dossierId);
  const names = await readShownNames(tx, ids, actor);
  return links.flatMap((link) => {
    const name = names.get(link.dossierId)?.name;
    return name === undefined ? [] : [{ ...link, name }];
  });
}

async function readMerges(tx: Tx, dossierId: string): Promise<DossierMerge[]> {
  const { rows } = await tx.execute<{
    id: string;
    name: string;
    reason: string;
    by: string;
    at: string;
    undoneBy: string | null;
    undoneAt: string | null;
    undoReason: string | null;
    undoResult: unknown;
  }>(
    sql`select m.id, d.name, m.reason, s.display_name as by, m.merged_at::text as at, u.display_name as "undoneBy",
               m.undone_at::text as "undoneAt", m.undo_reason as "undoReason", m.undo_result as "undoResult"
          from ${dossierMerges} m join dossiers d on d.id = m.merged_id join staff s on s.id = m.merged_by
          left join staff u on u.id = m.undone_by
         where m.kept_id = ${dossierId}::uuid order by m.merge_no desc limit 20`,
  );
  const last = rows.find(({ undoneAt }) => undoneAt === null)?.id;
  return rows.map(({ undoneBy, undoneAt, undoReason, undoResult: kept, at, ...row }) => ({
    ...row,
    at: new Date(at),
    mayUndo: row.id === last,
    undone:
      undoneAt === null
        ? null
        : {
            by: undoneBy ?? "",
            at: new Date(undoneAt),
            reason: undoReason ?? "",
            result: undoResult.safeParse(kept).data ?? null,
          },
  }));
}

async function readSectors(tx: Tx, leadIds: readonly string[]): Promise<string[]> {
  if (leadIds.length === 0) return [];
  const rows = await tx
    .selectDistinct({ sector: leadSectors.sector })
    .from(leadSectors)
    .where(and(inArray(leadSectors.leadId, [...leadIds]), isNull(leadSectors.toOn)));
  return rows.map(({ sector }) => sector);
}

const TOLD = [
  ...[
    "lead.moved",
    "lead.dispatched",
    "lead.succeeded",
    "lead.body_ended",
    "lead.major_raised",
    "lead.major_withdrawn",
    "dossier.merged",
    "dossier.unmerged",
  ],
  ...["dossier.alias_added", "dossier.alias_ended", "dossier.field_recorded"],
];

/** What happened to its leads and to itself, newest first; a merge, told on each lead, once. */
async function readTimeline(
  tx: Tx,
  dossierId: string,
  leadIds: readonly string[],
): Promise<DossierPage["timeline"]> {
  const rows = await tx
    .select()
    .from(events)
    .where(
      and(
        or(
          and(eq(events.subjectTable, "leads"), inArray(events.subjectId, [...leadIds, ""])),
          and(eq(events.subjectTable, "dossiers"), eq(events.subjectId, dossierId)),
        ),
        isNotNull(events.leadId),
        inArray(events.action, TOLD),
      ),
    )
    .orderBy(desc(events.seq))
    .limit(HISTORY_SHOWN * 2);
  const mergeOf = (row: (typeof rows)[number]) => (row.data as { merge?: unknown }).merge;
  const once = rows.filter((row, at) => {
    const merge = mergeOf(row);
    return (
      merge === undefined ||
      rows.findIndex((other) => other.action === row.action && mergeOf(other) === merge) === at
    );
  });
  return once.slice(0, HISTORY_SHOWN);
}
