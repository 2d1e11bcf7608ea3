import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { leads } from "./leads";
import { agencies, staff } from "./staff";

/**
 * Where a lead stands on whose board: one row for the leading office (`reach` '') and one for each body that holds it
 * now. Triggers alone write it (0026), from leads, holders, sectors, reports and assignments, so that a board is read
 * in its order from one index however many leads there are. A lead kept to the leading office has the first row only,
 * one emptied by merging none.
 */
export const leadCards = pgTable(
  "lead_cards",
  {
    /** '' for the leading office, else the id of a body. */
    reach: text("reach").notNull(),
    leadId: uuid("lead_id").notNull(),
    packId: text("pack_id").notNull(),
    number: bigint("number", { mode: "number" }).notNull(),
    stage: text("stage").notNull(),
    isMajor: boolean("is_major").notNull(),
    /** Every sector it has now, the primary one first. */
    sectors: text("sectors").array().notNull(),
    /** Place of the first report that names one; a body's row knows no report that accuses an official. */
    place: text("place"),
    /** The place in the order of arrival of the report that named it. */
    placeNo: bigint("place_no", { mode: "bigint" }),
    openedOn: date("opened_on").notNull(),
    /** The day its running clock ends. */
    dueOn: date("due_on"),
    assigneeId: uuid("assignee_id"),
  },
  (t) => [
    primaryKey({ name: "lead_cards_pk", columns: [t.reach, t.leadId] }),
    foreignKey({ name: "lead_cards_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("lead_cards_lead_ix").on(t.leadId),
    index("lead_cards_number_ix").on(t.reach, t.number),
    index("lead_cards_stage_ix").on(t.reach, t.stage, t.isMajor, t.number),
    index("lead_cards_oldest_ix").on(t.reach, t.stage, t.number),
    index("lead_cards_due_ix").on(t.reach, t.stage, t.dueOn, t.number),
    index("lead_cards_assignee_ix")
      .on(t.reach, t.assigneeId, t.stage)
      .where(sql`assignee_id is not null`),
  ],
);

/**
 * What a lead is found by, for each reach: `g:` two neighbouring characters of a name, `n:` a whole name, `k:kind:`
 * an exact key, all folded. Read newest first from its key, so that a common fragment costs no more than a rare one.
 */
export const leadTerms = pgTable(
  "lead_terms",
  {
    reach: text("reach").notNull(),
    term: text("term").notNull(),
    number: bigint("number", { mode: "number" }).notNull(),
    leadId: uuid("lead_id").notNull(),
    /** False where only reports that accuse an official say it: then no body's row has it. */
    shared: boolean("shared").notNull(),
  },
  (t) => [
    primaryKey({ name: "lead_terms_pk", columns: [t.reach, t.term, t.number] }),
    foreignKey({ name: "lead_terms_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("lead_terms_lead_ix").on(t.leadId, t.reach, t.term),
  ],
);

/** Exact numbers of cards by reach and stage as last settled; what came since is in board_deltas. */
export const boardCounts = pgTable(
  "board_counts",
  {
    reach: text("reach").notNull(),
    packId: text("pack_id").notNull(),
    stage: text("stage").notNull(),
    cards: bigint("cards", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ name: "board_counts_pk", columns: [t.reach, t.packId, t.stage] })],
);

/** What changed since board_counts was settled: added to and never updated, so that no two acts wait for a number. */
export const boardDeltas = pgTable(
  "board_deltas",
  {
    reach: text("reach").notNull(),
    packId: text("pack_id").notNull(),
    stage: text("stage").notNull(),
    cards: integer("cards").notNull(),
  },
  (t) => [index("board_deltas_ix").on(t.reach)],
);

/** Exact numbers of reports a lead as last settled, those that accuse an official apart: bodies are not told of them. */
export const leadTipCounts = pgTable(
  "lead_tip_counts",
  {
    leadId: uuid("lead_id").notNull(),
    official: boolean("official").notNull(),
    tips: bigint("tips", { mode: "number" }).notNull(),
  },
  (t) => [
    primaryKey({ name: "lead_tip_counts_pk", columns: [t.leadId, t.official] }),
    foreignKey({ name: "lead_tip_counts_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
  ],
);

/** What came since lead_tip_counts was settled: a flood of reports on one lead updates no row in common. */
export const leadTipDeltas = pgTable(
  "lead_tip_deltas",
  {
    leadId: uuid("lead_id").notNull(),
    official: boolean("official").notNull(),
    tips: integer("tips").notNull(),
  },
  (t) => [index("lead_tip_deltas_ix").on(t.leadId)],
);

/** Who works on a lead, for the leading office (`reach` '') or for a body that holds it; ended, never changed. */
export const leadAssignments = pgTable(
  "lead_assignments",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    reach: text("reach").notNull(),
    staffId: uuid("staff_id").notNull(),
    how: text("how").notNull(),
    assignedBy: uuid("assigned_by").notNull(),
    fromAt: instant("from_at").notNull(),
    endedAt: instant("ended_at"),
    /** null where the hold, or a declared conflict of interest, ended it. */
    endedBy: uuid("ended_by"),
  },
  (t) => [
    foreignKey({
      name: "lead_assignments_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_assignments_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_assignments_by_fk",
      columns: [t.assignedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_assignments_ender_fk",
      columns: [t.endedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("lead_assignments_live_uq")
      .on(t.leadId, t.reach)
      .where(sql`ended_at is null`),
    index("lead_assignments_lead_ix").on(t.leadId, t.fromAt),
    index("lead_assignments_staff_ix").on(t.reach, t.staffId, t.fromAt),
    check("lead_assignments_how_ck", sql`${t.how} in ('taken', 'assigned', 'handed_over', 'in_turn')`),
    check("lead_assignments_taken_ck", sql`${t.how} <> 'taken' or ${t.assignedBy} = ${t.staffId}`),
    check("lead_assignments_ended_ck", sql`${t.endedBy} is null or ${t.endedAt} is not null`),
  ],
);

/** Which fields of a lead each version changed, and by whom, so that a second save is told what it would overwrite. */
export const leadChanges = pgTable(
  "lead_changes",
  {
    leadId: uuid("lead_id").notNull(),
    version: integer("version").notNull(),
    field: text("field").notNull(),
    was: text("was"),
    becomes: text("becomes"),
    /** null for the portal or a report that came. */
    changedBy: uuid("changed_by"),
    changedOn: date("changed_on").notNull(),
    /** Only for an act of staff. */
    changedAt: instant("changed_at"),
  },
  (t) => [
    primaryKey({ name: "lead_changes_pk", columns: [t.leadId, t.version, t.field] }),
    foreignKey({ name: "lead_changes_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "lead_changes_staff_fk",
      columns: [t.changedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    check("lead_changes_time_ck", sql`${t.changedBy} is not null or ${t.changedAt} is null`),
  ],
);

/** A board view somebody keeps: the query of its address under a name. What it shows is always the viewer's own scope. */
export const savedViews = pgTable(
  "saved_views",
  {
    id: uuid("id").primaryKey(),
    ownerId: uuid("owner_id").notNull(),
    /** The owner's body, whose members see it where it is shared. */
    agencyId: text("agency_id").notNull(),
    name: text("name").notNull(),
    query: text("query").notNull(),
    shared: boolean("shared").notNull(),
    /** Tells whoever sees the view once it holds more than so many cards. */
    threshold: integer("threshold"),
    createdAt: instant("created_at").notNull(),
    /**
     * The day it was last counted for its owner's mail, and since which it holds too much; dates: a card may come with a
     * report's arrival.
     */
    watchedOn: date("watched_on"),
    overOn: date("over_on"),
  },
  (t) => [
    foreignKey({ name: "saved_views_owner_fk", columns: [t.ownerId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "saved_views_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    uniqueIndex("saved_views_name_uq").on(t.ownerId, t.name),
    index("saved_views_agency_ix")
      .on(t.agencyId)
      .where(sql`shared`),
    check("saved_views_name_ck", sql`char_length(${t.name}) between 1 and 30`),
    check("saved_views_query_ck", sql`char_length(${t.query}) <= 1000`),
    check("saved_views_threshold_ck", sql`${t.threshold} between 0 and 9999`),
    check(
      "saved_views_watch_ck",
      sql`${t.overOn} is null or ${t.threshold} is not null and ${t.watchedOn} is not null and ${t.overOn} <= ${t.watchedOn}`,
    ),
  ],
);

/** How a person wants the board: the view it opens with, and whether single keys act. */
export const boardHabits = pgTable(
  "board_habits",
  {
    staffId: uuid("staff_id").primaryKey(),
    defaultViewId: uuid("default_view_id"),
    shortcutsOff: boolean("shortcuts_off").notNull().default(false),
  },
  (t) => [
    foreignKey({ name: "board_habits_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "board_habits_view_fk",
      columns: [t.defaultViewId],
      foreignColumns: [savedViews.id],
    }).onDelete("set null"),
  ],
);

/** How a body works its board: soft limits (hints, never locks), and whether leads go to its officers in turn. */
export const boardOptions = pgTable(
  "board_options",
  {
    agencyId: text("agency_id").primaryKey(),
    /** Cards a stage may hold before the hint shows, by stage. */
    stageLimits: jsonb("stage_limits")
      .notNull()
      .default(sql`'{}'::jsonb`),
    personLimit: integer("person_limit"),
    inTurn: boolean("in_turn").notNull().default(false),
    setBy: uuid("set_by").notNull(),
    setAt: instant("set_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "board_options_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({ name: "board_options_by_fk", columns: [t.setBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    check("board_options_person_ck", sql`${t.personLimit} between 1 and 999`),
  ],
);

/** Leads chosen for one act in bulk, frozen with the versions the person saw; carried out once. */
export const bulkSets = pgTable(
  "bulk_sets",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    madeAt: instant("made_at").notNull(),
    /** What is done, once it is. */
    act: jsonb("act"),
    startedAt: instant("started_at"),
  },
  (t) => [
    foreignKey({ name: "bulk_sets_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    index("bulk_sets_staff_ix").on(t.staffId, t.madeAt),
    check("bulk_sets_started_ck", sql`(${t.act} is null) = (${t.startedAt} is null)`),
  ],
);

/** One chosen lead and what became of it. */
export const bulkRows = pgTable(
  "bulk_rows",
  {
    setId: uuid("set_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    ordinal: integer("ordinal").notNull(),
    version: integer("version").notNull(),
    /** `done`, or the code of the refusal; null until its turn came. */
    result: text("result"),
  },
  (t) => [
    primaryKey({ name: "bulk_rows_pk", columns: [t.setId, t.leadId] }),
    foreignKey({ name: "bulk_rows_set_fk", columns: [t.setId], foreignColumns: [bulkSets.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "bulk_rows_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    check("bulk_rows_ordinal_ck", sql`${t.ordinal} between 1 and 500`),
  ],
);
