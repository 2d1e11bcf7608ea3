import { and, asc, count, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { dossiers, leads } from "~db/schema/leads";
import { deletionBatches, deletionItems, legalHolds } from "~db/schema/retention";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { DeletableCategory } from "./policies";

export const ITEMS_A_PAGE = 50;
export const HOLDS_A_PAGE = 20;
const BATCHES_SHOWN = 10;

export type HoldView = {
  readonly id: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
  /** null where this person does not see leads. */
  readonly lead: { readonly id: string; readonly number: number } | null;
  readonly dossier: string | null;
};

export type BatchState = "drawn" | "proposed" | "approved" | "done" | "refused";
export type Outcome = "destroyed" | "held" | "changed";
export type BatchView = {
  readonly id: string;
  readonly state: BatchState;
  readonly policyVersion: string;
  readonly drawnOn: string;
  readonly items: number;
  /** SHA-256 of the frozen set, in hex. */
  readonly set: string;
  readonly proposedById: string | null;
  readonly proposedBy: string | null;
  readonly proposedAt: Date | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly refusedBy: string | null;
  readonly refusedAt: Date | null;
  readonly refusal: string | null;
  readonly outcomes: Readonly<Record<Outcome, number>>;
};

export type ItemView = {
  readonly ordinal: number;
  readonly category: DeletableCategory;
  readonly basisOn: string;
  readonly dueOn: string;
  readonly messages: number;
  readonly files: number;
  readonly outcome: Outcome | null;
  /** null for spam, and where this person does not see the lead. */
  readonly lead: { readonly id: string; readonly number: number } | null;
};

/**
 * Holds that last, the latest batches and the items of one of them (`batchId`, else the newest), each as far as this
 * person sees: administrators see no leads. 404 for anyone but triage, administrators and audit.
 */
export async function listRetention(
  db: Database,
  input: { readonly batchId: string | null; readonly page: number; readonly holdsPage: number },
  actor: StaffActor,
): Promise<{
  holds: HoldView[];
  holdCount: number;
  batches: BatchView[];
  shown: BatchView | null;
  items: ItemView[];
}> {
  if (!hasRole(actor, "triage_officer", "administrator", "auditor")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const batches = await readBatches(tx);
    const shown = batches.find(({ id }) => id === input.batchId) ?? batches[0] ?? null;
    const [counted] = await tx.select({ n: count() }).from(legalHolds).where(isNull(legalHolds.endedAt));
    return {
      holds: await readHolds(tx, input.holdsPage),
      holdCount: counted?.n ?? 0,
      batches,
      shown,
      items: shown === null ? [] : await readItems(tx, shown.id, input.page),
    };
  });
}

async function readHolds(tx: Tx, page: number): Promise<HoldView[]> {
  return tx
    .select({
      id: legalHolds.id,
      reason: legalHolds.reason,
      placedBy: staff.displayName,
      placedAt: legalHolds.placedAt,
      lead: { id: leads.id, number: leads.number },
      dossier: dossiers.name,
    })
    .from(legalHolds)
    .innerJoin(staff, eq(staff.id, legalHolds.placedBy))
    .leftJoin(leads, eq(leads.id, legalHolds.leadId))
    .leftJoin(dossiers, eq(dossiers.id, legalHolds.dossierId))
    .where(isNull(legalHolds.endedAt))
    .orderBy(desc(legalHolds.placedAt), desc(legalHolds.id))
    .limit(HOLDS_A_PAGE)
    .offset((page - 1) * HOLDS_A_PAGE);
}

async function readBatches(tx: Tx): Promise<BatchView[]> {
  const [proposer, approver, refuser] = [
    alias(staff, "proposer"),
    alias(staff, "approver"),
    alias(staff, "refuser"),
  ];
  const rows = await tx
    .select({
      batch: deletionBatches,
      proposedBy: proposer.displayName,
      approvedBy: approver.displayName,
      refusedBy: refuser.displayName,
    })
    .from(deletionBatches)
    .leftJoin(proposer, eq(proposer.id, deletionBatches.proposedBy))
    .leftJoin(approver, eq(approver.id, deletionBatches.approvedBy))
    .leftJoin(refuser, eq(refuser.id, deletionBatches.refusedBy))
    .orderBy(desc(deletionBatches.id))
    .limit(BATCHES_SHOWN);
  const ids = rows.map(({ batch }) => batch.id);
  const ends =
    ids.length === 0
      ? []
      : await tx
          .select({ batchId: deletionItems.batchId, outcome: deletionItems.outcome, n: count() })
          .from(deletionItems)
          .where(and(inArray(deletionItems.batchId, ids), sql`${deletionItems.outcome} is not null`))
          .groupBy(deletionItems.batchId, deletionItems.outcome);
  const ended = (id: string, outcome: Outcome) =>
    ends.find((one) => one.batchId === id && one.outcome === outcome)?.n ?? 0;
  return rows.map(({ batch, ...names }) => ({
    id: batch.id,
    state: batch.state as BatchState,
    policyVersion: batch.policyVersion,
    drawnOn: batch.drawnOn,
    items: batch.items,
    set: batch.setSha256.toString("hex"),
    proposedById: batch.proposedBy,
    proposedAt: batch.proposedAt,
    approvedAt: batch.approvedAt,
    refusedAt: batch.refusedAt,
    refusal: batch.refusal,
    ...names,
    outcomes: {
      destroyed: ended(batch.id, "destroyed"),
      held: ended(batch.id, "held"),
      changed: ended(batch.id, "changed"),
    },
  }));
}

async function readItems(tx: Tx, batchId: string, page: number): Promise<ItemView[]> {
  const rows = await tx
    .select({ item: deletionItems, lead: { id: leads.id, number: leads.number } })
    .from(deletionItems)
    .leftJoin(leads, eq(leads.id, deletionItems.leadId))
    .where(eq(deletionItems.batchId, batchId))
    .orderBy(asc(deletionItems.ordinal))
    .limit(ITEMS_A_PAGE)
    .offset((page - 1) * ITEMS_A_PAGE);
  return rows.map(({ item, lead }) => ({
    ordinal: item.ordinal,
    category: item.category as DeletableCategory,
    basisOn: item.basisOn,
    dueOn: item.dueOn,
    messages: item.messages,
    files: item.files,
    outcome: item.outcome as Outcome | null,
    lead,
  }));
}
