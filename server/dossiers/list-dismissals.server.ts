import { and, desc, eq, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossierDismissals } from "~db/schema/dossier-dismissals";
import { dossiers } from "~db/schema/leads";
import { staff } from "~db/schema/staff";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** A dossier somebody judged not to be the same subject, and why. */
export type Dismissal = {
  readonly id: string;
  readonly dossierId: string;
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
};

const SHOWN = 40;

export function ofDossier(dossierId: string): SQL | undefined {
  return or(eq(dossierDismissals.oneId, dossierId), eq(dossierDismissals.otherId, dossierId));
}

/** The judgements that stand about one dossier, newest first; for triage and audit alone, as the suggestions are. */
export async function listDismissals(
  tx: Tx,
  dossierId: string,
  actor: StaffActor,
): Promise<readonly Dismissal[]> {
  if (!hasRole(actor, "triage_officer", "auditor")) return [];
  const otherSide = sql`case when ${dossierDismissals.oneId} = ${dossierId}::uuid
    then ${dossierDismissals.otherId} else ${dossierDismissals.oneId} end`;
  return tx
    .select({
      id: dossierDismissals.id,
      dossierId: dossiers.id,
      name: dossiers.name,
      reason: dossierDismissals.reason,
      by: staff.displayName,
      at: dossierDismissals.dismissedAt,
    })
    .from(dossierDismissals)
    .innerJoin(dossiers, eq(dossiers.id, otherSide))
    .innerJoin(staff, eq(staff.id, dossierDismissals.dismissedBy))
    .where(and(ofDossier(dossierId), isNull(dossierDismissals.endedAt)))
    .orderBy(desc(dossierDismissals.dismissedAt))
    .limit(SHOWN);
}
