import { and, asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossiers, leads } from "~db/schema/leads";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";

/**
 * Names of dossiers, and the day each began, by id, as this person may read them. What a report kept to the leading
 * office called its subject stays with the office: a body reads of the first lead of it that it sees instead. Dossiers
 * it sees no lead of are left out.
 */
export async function readShownNames(
  tx: Tx,
  dossierIds: readonly string[],
  actor: StaffActor,
): Promise<Map<string, { name: string; openedOn: string }>> {
  if (dossierIds.length === 0) return new Map();
  const rows = await tx
    .select({
      ...{ id: dossiers.id, name: dossiers.name, openedOn: dossiers.openedOn },
      officeOnly: dossiers.nameOfficeOnly,
    })
    .from(dossiers)
    .where(inArray(dossiers.id, [...dossierIds]));
  const kept = hasRole(actor, "triage_officer", "auditor") ? [] : rows.filter(({ officeOnly }) => officeOnly);
  const own =
    kept.length === 0
      ? []
      : await tx
          .selectDistinctOn([leads.dossierId], {
            ...{ id: leads.dossierId, name: leads.name, openedOn: leads.openedOn },
          })
          .from(leads)
          .where(
            and(
              inArray(
                leads.dossierId,
                kept.map(({ id }) => id),
              ),
              eq(leads.leadingOfficeOnly, false),
              leadsInScope(actor),
            ),
          )
          .orderBy(leads.dossierId, asc(leads.number));
  const open = rows.filter((row) => !kept.includes(row));
  return new Map([...open, ...own].map(({ id, name, openedOn }) => [id, { name, openedOn }]));
}
