import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossierMerges } from "~db/schema/dossiers";
import { dossiers, leads } from "~db/schema/leads";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { hasRole } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import { readShownNames } from "./read-shown-names.server";

export type DossierRow = typeof dossiers.$inferSelect;

/**
 * A dossier if this person sees any of its leads; one that was merged away, if they may read of the merge. "Not yours"
 * is "not there". Its name and first day are those this person may read.
 */
export async function readDossierInScope(
  tx: Tx,
  dossierId: string,
  actor: StaffActor,
  options: { lock?: boolean } = {},
): Promise<DossierRow> {
  if (!/^[0-9a-f-]{36}$/.test(dossierId)) throw notFound();
  const query = tx.select().from(dossiers).where(eq(dossiers.id, dossierId));
  const [row] = options.lock ? await query.for("update") : await query;
  if (row === undefined) throw notFound();
  const seen = await tx
    .select({ id: leads.id })
    .from(leads)
    .where(and(eq(leads.dossierId, row.id), leadsInScope(actor)))
    .limit(1);
  if (seen.length > 0) {
    const shown = (await readShownNames(tx, [row.id], actor)).get(row.id);
    if (shown === undefined) throw notFound();
    return row.name === shown.name ? row : { ...row, ...shown, folded: null, grams: null };
  }
  if (row.mergedInto === null || !hasRole(actor, "triage_officer", "auditor")) throw notFound();
  const merge = await tx
    .select({ id: dossierMerges.id })
    .from(dossierMerges)
    .where(eq(dossierMerges.mergedId, row.id))
    .limit(1);
  if (merge.length === 0) throw notFound();
  return row;
}

/** The dossier of a lead by its number, merges followed; null when there is none this person sees. */
export async function findDossierOfLead(
  tx: Tx,
  leadNumber: number,
  actor: StaffActor,
): Promise<{ dossierId: string } | null> {
  const [lead] = await tx
    .select({ dossierId: leads.dossierId })
    .from(leads)
    .where(and(eq(leads.number, leadNumber), leadsInScope(actor)));
  return lead ?? null;
}

/** Refuses whoever is recused from a lead of these dossiers: the database hides it, so nothing can be judged whole. */
export async function refuseRecused(tx: Tx, dossierIds: readonly string[]): Promise<void> {
  const { rows } = await tx.execute<{ recused: boolean }>(
    sql`select recused_from_dossiers(${sql.param([...dossierIds])}::uuid[]) as recused`,
  );
  if (rows[0]?.recused === true)
    throw new DomainError("recused", 403, "其中一份档案有您已申报回避的线索，请由其他研判人员办理。");
}

/** Locks the leads of dossiers in id order, so that two merges towards each other wait instead of failing. */
export async function lockLeads(tx: Tx, dossierIds: readonly string[]) {
  return tx
    .select()
    .from(leads)
    .where(inArray(leads.dossierId, [...dossierIds]))
    .orderBy(leads.id)
    .for("update");
}

/** What is under legal hold stays where it is: the database refuses to move it (0030). */
export function refuseHeld(error: unknown): never {
  if (databaseFault(error).constraint !== "legal_holds_moved") throw error;
  throw new DomainError(
    "dossier_under_hold",
    409,
    "其中有档案或线索在保全中，不能合并，也不能撤销合并。需要办理的，请先解除保全。",
  );
}
