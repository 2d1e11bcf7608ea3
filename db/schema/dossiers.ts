import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { tips } from "./intake";
import { dossiers, leads } from "./leads";
import { staff } from "./staff";

/**
 * Two dossiers found to be one subject: `merged` points to `kept` while `undone_at` is null. `before` holds the leads
 * it moved as they were, so that undoing it restores them; which tips hung where is in `dossier_merge_tips`.
 */
export const dossierMerges = pgTable(
  "dossier_merges",
  {
    id: uuid("id").primaryKey(),
    keptId: uuid("kept_id").notNull(),
    mergedId: uuid("merged_id").notNull(),
    /** Order of all merges: they are undone in the reverse of it. */
    mergeNo: bigint("merge_no", { mode: "bigint" }).generatedAlwaysAsIdentity(),
    reason: text("reason").notNull(),
    mergedBy: uuid("merged_by").notNull(),
    mergedAt: instant("merged_at").notNull(),
    /** The leads of both, so that who is recused from one of them does not read of the merge. */
    leadIds: uuid("lead_ids").array().notNull(),
    before: jsonb("before").notNull(),
    undoneBy: uuid("undone_by"),
    undoneAt: instant("undone_at"),
    undoReason: text("undo_reason"),
    /** What became of the tips when it was undone: counts by outcome. */
    undoResult: jsonb("undo_result"),
  },
  (t) => [
    foreignKey({
      name: "dossier_merges_kept_fk",
      columns: [t.keptId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_merges_merged_fk",
      columns: [t.mergedId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({ name: "dossier_merges_by_fk", columns: [t.mergedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "dossier_merges_undoer_fk",
      columns: [t.undoneBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("dossier_merges_live_uq")
      .on(t.mergedId)
      .where(sql`undone_at is null`),
    index("dossier_merges_kept_ix").on(t.keptId, t.mergeNo),
    index("dossier_merges_merged_ix").on(t.mergedId, t.mergeNo),
    check("dossier_merges_two_ck", sql`${t.keptId} <> ${t.mergedId}`),
    check("dossier_merges_reason_ck", sql`char_length(${t.reason}) between 2 and 300`),
    check(
      "dossier_merges_undone_ck",
      sql`(${t.undoneAt} is null) = (${t.undoneBy} is null) and (${t.undoneAt} is null) = (${t.undoReason} is null)`,
    ),
  ],
);

/** Which tips hung on the two open leads when they became one: what an un-merge puts back, and what came since. */
export const dossierMergeTips = pgTable(
  "dossier_merge_tips",
  {
    mergeId: uuid("merge_id").notNull(),
    tipId: uuid("tip_id").notNull(),
    leadId: uuid("lead_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "dossier_merge_tips_pk", columns: [t.mergeId, t.tipId] }),
    foreignKey({
      name: "dossier_merge_tips_merge_fk",
      columns: [t.mergeId],
      foreignColumns: [dossierMerges.id],
    }).onDelete("restrict"),
    foreignKey({ name: "dossier_merge_tips_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "dossier_merge_tips_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    index("dossier_merge_tips_lead_ix").on(t.mergeId, t.leadId),
  ],
);

/** Other names a dossier's subject is known by: written by triage, or taken over with a merged dossier. */
export const dossierAliases = pgTable(
  "dossier_aliases",
  {
    id: uuid("id").primaryKey(),
    dossierId: uuid("dossier_id").notNull(),
    name: text("name").notNull(),
    /** As `foldName` compares it, and its pairs of characters. */
    folded: text("folded").notNull(),
    grams: text("grams").array().notNull(),
    /** Set when a merge brought it; it goes with that merge. */
    mergeId: uuid("merge_id"),
    /** Known from a lead that is the leading office's alone. */
    officeOnly: boolean("office_only").notNull(),
    addedBy: uuid("added_by").notNull(),
    addedAt: instant("added_at").notNull(),
    endedBy: uuid("ended_by"),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({
      name: "dossier_aliases_dossier_fk",
      columns: [t.dossierId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_aliases_merge_fk",
      columns: [t.mergeId],
      foreignColumns: [dossierMerges.id],
    }).onDelete("restrict"),
    foreignKey({ name: "dossier_aliases_by_fk", columns: [t.addedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "dossier_aliases_ender_fk",
      columns: [t.endedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("dossier_aliases_live_uq")
      .on(t.dossierId, t.folded)
      .where(sql`ended_at is null`),
    index("dossier_aliases_grams_ix").using("gin", t.grams),
    check("dossier_aliases_name_ck", sql`char_length(${t.name}) between 2 and 100`),
    check("dossier_aliases_ended_ck", sql`(${t.endedAt} is null) = (${t.endedBy} is null)`),
  ],
);

/** The fields of 一户一档, each a row of versions: who wrote what, when, and from which source. Never edited. */
export const dossierFields = pgTable(
  "dossier_fields",
  {
    id: uuid("id").primaryKey(),
    dossierId: uuid("dossier_id").notNull(),
    field: text("field").notNull(),
    /**
     * 1, 2, 3 …, of what bodies read and of what stays with the office by itself: neither shows a gap to whoever does
     * not see the other. Two people who write from the same version collide here.
     */
    version: integer("version").notNull(),
    /** "" when what stood there was taken out again. */
    value: text("value").notNull(),
    source: text("source").notNull(),
    /** The folded value, by which dossiers with the same person or address find each other. */
    matchKey: text("match_key"),
    officeOnly: boolean("office_only").notNull(),
    recordedBy: uuid("recorded_by").notNull(),
    recordedAt: instant("recorded_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "dossier_fields_dossier_fk",
      columns: [t.dossierId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_fields_by_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("dossier_fields_version_uq").on(t.dossierId, t.field, t.officeOnly, t.version),
    index("dossier_fields_match_ix").on(t.matchKey),
    check(
      "dossier_fields_field_ck",
      sql`${t.field} in ('shareholders','controller','legal_representative','registered_capital','registered_address','operating_address','branches','stores','products','loan_balance','lenders','trade_volume','customers','operating_model','operating_state','violations','risks')`,
    ),
    check("dossier_fields_value_ck", sql`char_length(${t.value}) <= 2000`),
    check("dossier_fields_source_ck", sql`char_length(${t.source}) between 2 and 200`),
    check("dossier_fields_version_ck", sql`${t.version} >= 1`),
  ],
);

/**
 * The register of arrivals: every tip once, in the order of its arrival number, with its rank among the tips that came
 * straight to its lead. Written by one sealer in batches, each row's hash over the row before, never changed: a rank
 * once given stays, whatever is merged or moved later. A tip set apart as spam has a place here and no rank.
 */
export const arrivalRanks = pgTable(
  "arrival_ranks",
  {
    arrivalNo: bigint("arrival_no", { mode: "bigint" }).primaryKey(),
    tipId: uuid("tip_id").notNull(),
    leadId: uuid("lead_id"),
    /** 1, 2, 3 … within the lead, without gaps. */
    rank: bigint("rank", { mode: "bigint" }),
    hash: bytea("hash").notNull(),
  },
  (t) => [
    unique("arrival_ranks_tip_uq").on(t.tipId),
    unique("arrival_ranks_rank_uq").on(t.leadId, t.rank),
    foreignKey({ name: "arrival_ranks_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "arrival_ranks_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    check(
      "arrival_ranks_rank_ck",
      sql`(${t.leadId} is null) = (${t.rank} is null) and (${t.rank} is null or ${t.rank} >= 1)`,
    ),
    check("arrival_ranks_hash_ck", sql`octet_length(${t.hash}) = 32`),
  ],
);
