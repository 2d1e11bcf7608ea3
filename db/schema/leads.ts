import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  bigint,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { agencies, staff } from "./staff";

/** A dossier (一户一档): one per reported subject, gathering its leads over time. */
export const dossiers = pgTable(
  "dossiers",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    name: text("name").notNull(),
    /** Named by a report kept to the leading office: bodies read the name of their own lead instead. */
    nameOfficeOnly: boolean("name_office_only").notNull().default(false),
    openedOn: date("opened_on").notNull(),
    /** The dossier triage found it to be the same subject as; its leads hang there until that is undone. */
    mergedInto: uuid("merged_into"),
    /** Makes a second, stale merge visible. */
    version: integer("version").notNull().default(1),
    /** The name as `foldName` compares it and its pairs of characters; null until it has been indexed. */
    folded: text("folded"),
    grams: text("grams").array(),
  },
  (t) => [
    foreignKey({ name: "dossiers_merged_fk", columns: [t.mergedInto], foreignColumns: [t.id] }).onDelete(
      "restrict",
    ),
    index("dossiers_merged_ix")
      .on(t.mergedInto)
      .where(sql`merged_into is not null`),
    index("dossiers_grams_ix").using("gin", t.grams),
    index("dossiers_list_ix").on(t.openedOn, t.id),
    index("dossiers_unindexed_ix")
      .on(t.id)
      .where(sql`grams is null`),
    check("dossiers_merged_ck", sql`${t.mergedInto} is null or ${t.mergedInto} <> ${t.id}`),
  ],
);

/** Exact keys (统一社会信用代码, site host, app, account, phone) by which tips find their dossier; a key belongs to one dossier. */
export const dossierKeys = pgTable(
  "dossier_keys",
  {
    packId: text("pack_id").notNull(),
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    dossierId: uuid("dossier_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "dossier_keys_pk", columns: [t.packId, t.kind, t.key] }),
    foreignKey({
      name: "dossier_keys_dossier_fk",
      columns: [t.dossierId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    index("dossier_keys_dossier_ix").on(t.dossierId),
    check("dossier_keys_kind_ck", sql`${t.kind} in ('uscc', 'site', 'app', 'account', 'phone')`),
  ],
);

/** A lead (案件线索): the unit the board moves. `version` makes a second, stale save visible. */
export const leads = pgTable(
  "leads",
  {
    id: uuid("id").primaryKey(),
    /** Running number shown to staff; a sequence, so it tells order and no clock. */
    number: bigint("number", { mode: "number" }).generatedAlwaysAsIdentity(),
    packId: text("pack_id").notNull(),
    dossierId: uuid("dossier_id").notNull(),
    name: text("name").notNull(),
    stage: text("stage").notNull(),
    version: integer("version").notNull().default(1),
    isMajor: boolean("is_major").notNull().default(false),
    /** Only the leading office sees it: a tip accuses an agency or official. */
    leadingOfficeOnly: boolean("leading_office_only").notNull().default(false),
    openedOn: date("opened_on").notNull(),
    dispatchedAt: instant("dispatched_at"),
    acceptDueOn: date("accept_due_on"),
    handleDueOn: date("handle_due_on"),
    closureCode: text("closure_code"),
    closedAt: instant("closed_at"),
    /** Of a lead opened up: last event and last decision of the time it was the leading office's alone. */
    keptEventsTo: bigint("kept_events_to", { mode: "number" }),
    keptDecisionsTo: bigint("kept_decisions_to", { mode: "number" }),
  },
  (t) => [
    unique("leads_number_uq").on(t.number),
    foreignKey({ name: "leads_dossier_fk", columns: [t.dossierId], foreignColumns: [dossiers.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("leads_open_uq")
      .on(t.dossierId)
      .where(sql`closed_at is null`),
    index("leads_dossier_ix").on(t.dossierId, t.number),
    index("leads_board_ix").on(t.stage, t.isMajor, t.number),
    // What closed long ago is found by its day: receipts that expire, reports that come due for destruction.
    index("leads_closed_ix")
      .on(t.closedAt)
      .where(sql`closed_at is not null`),
    check(
      "leads_stage_ck",
      sql`${t.stage} in ('new','triage','dispatched','investigating','determined','closed','disputed','rejected','returned')`,
    ),
    check(
      "leads_closure_ck",
      sql`${t.closureCode} is null or ${t.closureCode} in ('substantiated','unsubstantiated','rejected','transferred','duplicate','insufficient')`,
    ),
    check("leads_closed_ck", sql`(${t.stage} in ('closed','rejected')) = (${t.closedAt} is not null)`),
    check("leads_closed_code_ck", sql`(${t.closedAt} is not null) = (${t.closureCode} is not null)`),
  ],
);

/** Which bodies hold a lead, as what, from when to when. An agency sees a lead only while a row here is open. */
export const leadAgencies = pgTable(
  "lead_agencies",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    relation: text("relation").notNull(),
    fromAt: instant("from_at")
      .notNull()
      .default(sql`now()`),
    toAt: instant("to_at"),
  },
  (t) => [
    foreignKey({ name: "lead_agencies_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "lead_agencies_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    uniqueIndex("lead_agencies_live_uq")
      .on(t.leadId, t.agencyId)
      .where(sql`to_at is null`),
    index("lead_agencies_agency_ix").on(t.agencyId, t.leadId),
    check("lead_agencies_relation_ck", sql`${t.relation} in ('lead','co_lead','cooperating','also')`),
  ],
);

/** Sectors of a lead over time; several at once is nested business (穿透), one of them primary. */
export const leadSectors = pgTable(
  "lead_sectors",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    sector: text("sector").notNull(),
    isPrimary: boolean("is_primary").notNull(),
    fromOn: date("from_on").notNull(),
    toOn: date("to_on"),
  },
  (t) => [
    foreignKey({ name: "lead_sectors_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("lead_sectors_live_uq")
      .on(t.leadId, t.sector)
      .where(sql`to_on is null`),
    uniqueIndex("lead_sectors_primary_uq")
      .on(t.leadId)
      .where(sql`to_on is null and is_primary`),
  ],
);

/** What the router proposed and what triage confirmed, with all it takes to replay either. */
export const routingDecisions = pgTable(
  "routing_decisions",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    packId: text("pack_id").notNull(),
    packVersion: text("pack_version").notNull(),
    packSha256: text("pack_sha256").notNull(),
    facts: jsonb("facts").notNull(),
    decision: jsonb("decision").notNull(),
    /** Set when triage sends the lead elsewhere than the router proposed; then `reason` is required. */
    overridden: boolean("overridden").notNull().default(false),
    reason: text("reason"),
    decidedBy: uuid("decided_by"),
    decidedOn: date("decided_on").notNull(),
    decisionNo: bigint("decision_no", { mode: "bigint" }).generatedAlwaysAsIdentity(),
  },
  (t) => [
    foreignKey({
      name: "routing_decisions_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "routing_decisions_staff_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("routing_decisions_lead_ix").on(t.leadId, t.decisionNo),
    index("routing_decisions_pack_ix").on(t.packId, t.decidedOn, t.decisionNo),
    check("routing_decisions_kind_ck", sql`${t.kind} in ('proposed','confirmed')`),
    check("routing_decisions_by_ck", sql`(${t.kind} = 'confirmed') = (${t.decidedBy} is not null)`),
    check("routing_decisions_reason_ck", sql`not ${t.overridden} or ${t.reason} is not null`),
  ],
);

/** Somebody declared a conflict of interest: the lead is out of their sight while a row here is open. */
export const leadRecusals = pgTable(
  "lead_recusals",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    staffId: uuid("staff_id").notNull(),
    reason: text("reason").notNull(),
    declaredAt: instant("declared_at").notNull(),
    /** Only an administrator or the leading office ends a recusal, never the person. */
    endedAt: instant("ended_at"),
    endedBy: uuid("ended_by"),
  },
  (t) => [
    foreignKey({ name: "lead_recusals_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "lead_recusals_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_recusals_ender_fk",
      columns: [t.endedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("lead_recusals_live_uq")
      .on(t.leadId, t.staffId)
      .where(sql`ended_at is null`),
    index("lead_recusals_staff_ix").on(t.staffId, t.leadId),
    check("lead_recusals_reason_ck", sql`char_length(${t.reason}) between 2 and 300`),
    check("lead_recusals_ended_ck", sql`(${t.endedAt} is null) = (${t.endedBy} is null)`),
    check("lead_recusals_not_own_end_ck", sql`${t.endedBy} is null or ${t.endedBy} <> ${t.staffId}`),
  ],
);
