import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { dossierFields } from "~db/schema/dossiers";
import { leadAgencies, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import { readDossierInScope } from "./dossier-scope.server";
import { ADDRESS_FIELDS, PERSON_FIELDS, type DossierField } from "./field-names";
import { foldName } from "./fold-name.server";

/**
 * Writes a field of 一户一档 as a new version, with its source; what stood there stays in the history. For triage, and
 * officers of bodies that lead a lead of the dossier. Refusals: `stale_field` (409) when somebody wrote the field
 * since, `unchanged_field`, `already_merged`. What is written of the office's own lead has versions of its own, so that
 * a body neither sees nor waits for them.
 */
export async function recordField(
  db: Database,
  input: {
    dossierId: string;
    field: DossierField;
    /** The version the page showed of what this person would write on (`readDossier`'s `base`); 0 for none. */
    version: number;
    value: string;
    source: string;
    at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const dossier = await readDossierInScope(tx, input.dossierId, actor);
    if (dossier.mergedInto !== null)
      throw new DomainError("already_merged", 409, "这份档案已经并入其他档案，请在并入后的档案中修改。");
    const lead = await findWritableLead(tx, dossier.id, actor);
    if (lead === null) throw notFound();
    const versions = await tx
      .selectDistinctOn([dossierFields.officeOnly], {
        ...{
          officeOnly: dossierFields.officeOnly,
          version: dossierFields.version,
          value: dossierFields.value,
        },
      })
      .from(dossierFields)
      .where(and(eq(dossierFields.dossierId, dossier.id), eq(dossierFields.field, input.field)))
      .orderBy(dossierFields.officeOnly, desc(dossierFields.version));
    const last = versions.find(({ officeOnly }) => officeOnly === lead.leadingOfficeOnly);
    if ((last?.version ?? 0) !== input.version) throw staleField();
    const said = [last, ...versions].map((one) => one?.value ?? "");
    if (said.every((value) => value === input.value))
      throw new DomainError("unchanged_field", 400, "内容没有变化，不必保存。");
    const matched = PERSON_FIELDS.includes(input.field) || ADDRESS_FIELDS.includes(input.field);
    const version = input.version + 1;
    await tx.insert(dossierFields).values({
      id: uuidv7(),
      dossierId: dossier.id,
      ...{ field: input.field, version, value: input.value, source: input.source },
      matchKey: matched && input.value !== "" ? foldName(input.value).slice(0, 200) : null,
      officeOnly: lead.leadingOfficeOnly,
      recordedBy: actor.id,
      recordedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "dossier.field_recorded",
        subjectTable: "dossiers",
        subjectId: dossier.id,
        leadId: lead.id,
        data: { field: input.field, version },
        at: input.at,
      },
      actor,
    );
  });
  await done.catch((error: unknown) => {
    throw databaseFault(error).constraint === "dossier_fields_version_uq" ? staleField() : error;
  });
}

/**
 * The lead a person writes the dossier by: the newest of it they may write on, an open one first. null for whoever
 * only reads. What is written while it is the leading office's alone stays with the office.
 */
export async function findWritableLead(
  tx: Tx,
  dossierId: string,
  actor: StaffActor,
): Promise<{ id: string; leadingOfficeOnly: boolean } | null> {
  const own = and(eq(leads.dossierId, dossierId), leadsInScope(actor));
  const rows = await tx
    .select({ id: leads.id, leadingOfficeOnly: leads.leadingOfficeOnly, closedAt: leads.closedAt })
    .from(leads)
    .where(own)
    .orderBy(desc(leads.number))
    .limit(100);
  const byOpen = [...rows.filter(({ closedAt }) => closedAt === null), ...rows];
  if (hasRole(actor, "triage_officer")) return byOpen[0] ?? null;
  if (!hasRole(actor, "agency_officer") || rows.length === 0) return null;
  const led = await tx
    .select({ leadId: leadAgencies.leadId })
    .from(leadAgencies)
    .innerJoin(leads, eq(leads.id, leadAgencies.leadId))
    .where(
      and(
        own,
        eq(leadAgencies.agencyId, actor.agencyId),
        isNull(leadAgencies.toAt),
        inArray(leadAgencies.relation, ["lead", "co_lead"]),
      ),
    );
  return byOpen.find(({ id }) => led.some(({ leadId }) => leadId === id)) ?? null;
}

function staleField(): DomainError {
  return new DomainError("stale_field", 409, "这一项刚刚被他人修改过，请核对最新内容后再保存。");
}
