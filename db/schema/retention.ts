import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { tips } from "./intake";
import { dossiers, leads } from "./leads";
import { staff } from "./staff";

/** 保全 (legal hold): nothing of this lead, or of this dossier's leads, is destroyed while it lasts. Ended, never removed. */
export const legalHolds = pgTable(
  "legal_holds",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id"),
    dossierId: uuid("dossier_id"),
    reason: text("reason").notNull(),
    placedBy: uuid("placed_by").notNull(),
    placedAt: instant("placed_at").notNull(),
    endedBy: uuid("ended_by"),
    endedAt: instant("ended_at"),
    endReason: text("end_reason"),
  },
  (t) => [
    foreignKey({ name: "legal_holds_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "legal_holds_dossier_fk",
      columns: [t.dossierId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({ name: "legal_holds_placer_fk", columns: [t.placedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "legal_holds_ender_fk", columns: [t.endedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("legal_holds_lead_uq")
      .on(t.leadId)
      .where(sql`ended_at is null and lead_id is not null`),
    uniqueIndex("legal_holds_dossier_uq")
      .on(t.dossierId)
      .where(sql`ended_at is null and dossier_id is not null`),
    check("legal_holds_on_ck", sql`(${t.leadId} is null) <> (${t.dossierId} is null)`),
    check("legal_holds_reason_ck", sql`char_length(${t.reason}) between 2 and 300`),
    check(
      "legal_holds_end_ck",
      sql`(${t.endedAt} is null) = (${t.endedBy} is null) and (${t.endedAt} is null) = (${t.endReason} is null) and (${t.endReason} is null or char_length(${t.endReason}) between 2 and 300)`,
    ),
  ],
);

/** A frozen set of what is due to be destroyed: drawn by a job, proposed by one person, approved by another. */
export const deletionBatches = pgTable(
  "deletion_batches",
  {
    id: uuid("id").primaryKey(),
    policyVersion: text("policy_version").notNull(),
    state: text("state").notNull().default("drawn"),
    drawnOn: date("drawn_on").notNull(),
    items: integer("items").notNull(),
    /** Over the frozen items in their order: what the approver's passkey agrees to. */
    setSha256: bytea("set_sha256").notNull(),
    proposedBy: uuid("proposed_by"),
    proposedAt: instant("proposed_at"),
    approvedBy: uuid("approved_by"),
    approvedAt: instant("approved_at"),
    refusedBy: uuid("refused_by"),
    refusedAt: instant("refused_at"),
    refusal: text("refusal"),
    doneAt: instant("done_at"),
  },
  (t) => [
    foreignKey({
      name: "deletion_batches_proposer_fk",
      columns: [t.proposedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "deletion_batches_approver_fk",
      columns: [t.approvedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "deletion_batches_refuser_fk",
      columns: [t.refusedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("deletion_batches_open_uq")
      .on(sql`(done_at is null)`)
      .where(sql`state in ('drawn', 'proposed', 'approved')`),
    check(
      "deletion_batches_state_ck",
      sql`${t.state} in ('drawn', 'proposed', 'approved', 'done', 'refused')`,
    ),
    check("deletion_batches_two_ck", sql`${t.approvedBy} <> ${t.proposedBy}`),
    check(
      "deletion_batches_signed_ck",
      sql`(${t.state} not in ('approved', 'done') or ${t.approvedBy} is not null and ${t.proposedBy} is not null) and (${t.state} <> 'proposed' or ${t.proposedBy} is not null and ${t.approvedBy} is null)`,
    ),
    check(
      "deletion_batches_refused_ck",
      sql`(${t.state} = 'refused') = (${t.refusedBy} is not null) and (${t.refusedBy} is null) = (${t.refusal} is null) and (${t.refusal} is null or char_length(${t.refusal}) between 2 and 300)`,
    ),
    check("deletion_batches_set_ck", sql`octet_length(${t.setSha256}) = 32 and ${t.items} > 0`),
  ],
);

/** One report of a batch, with what it was when the set was frozen: if any of that changed meanwhile it is passed over. */
export const deletionItems = pgTable(
  "deletion_items",
  {
    id: uuid("id").primaryKey(),
    batchId: uuid("batch_id").notNull(),
    ordinal: integer("ordinal").notNull(),
    tipId: uuid("tip_id").notNull(),
    category: text("category").notNull(),
    /** The day the period counts from, and the day it ended. */
    basisOn: date("basis_on").notNull(),
    dueOn: date("due_on").notNull(),
    leadId: uuid("lead_id"),
    closureCode: text("closure_code"),
    messages: integer("messages").notNull(),
    files: integer("files").notNull(),
    outcome: text("outcome"),
    outcomeOn: date("outcome_on"),
  },
  (t) => [
    unique("deletion_items_place_uq").on(t.batchId, t.ordinal),
    unique("deletion_items_tip_uq").on(t.batchId, t.tipId),
    foreignKey({
      name: "deletion_items_batch_fk",
      columns: [t.batchId],
      foreignColumns: [deletionBatches.id],
    }).onDelete("restrict"),
    foreignKey({ name: "deletion_items_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    index("deletion_items_tip_ix").on(t.tipId),
    check("deletion_items_category_ck", sql`${t.category} in ('spam', 'unfounded', 'founded')`),
    check("deletion_items_due_ck", sql`${t.dueOn} > ${t.basisOn}`),
    check(
      "deletion_items_outcome_ck",
      sql`(${t.outcome} is null) = (${t.outcomeOn} is null) and (${t.outcome} is null or ${t.outcome} in ('destroyed', 'held', 'changed'))`,
    ),
  ],
);

/** What was destroyed of a report, when and under which policy. Its facts, order of arrival and awards stay. */
export const tombstones = pgTable(
  "tombstones",
  {
    tipId: uuid("tip_id").primaryKey(),
    itemId: uuid("item_id").notNull(),
    policyVersion: text("policy_version").notNull(),
    category: text("category").notNull(),
    destroyedOn: date("destroyed_on").notNull(),
    /** How many sealed texts, sealed data keys, messages and files went. */
    texts: integer("texts").notNull(),
    keys: integer("keys").notNull(),
    messages: integer("messages").notNull(),
    files: integer("files").notNull(),
  },
  (t) => [
    foreignKey({ name: "tombstones_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "tombstones_item_fk",
      columns: [t.itemId],
      foreignColumns: [deletionItems.id],
    }).onDelete("restrict"),
  ],
);
