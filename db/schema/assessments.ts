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
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { tips } from "./intake";
import { leads } from "./leads";
import { tipMessages } from "./messages";
import { awards, rewardPools } from "./rewards";
import { staff } from "./staff";

/** No run of digits that could be a telephone, an account or an identity number (invariant 17). */
const plain = (column: unknown) =>
  sql`regexp_replace(${column}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`;

/**
 * What one computation was judged by, as canonical JSON: every question asked with its answer, the order of arrival,
 * who was passed over, how it was split and why it was computed anew. Its hash is part of what the vouchers sign.
 */
export const assessmentRecords = pgTable(
  "assessment_records",
  {
    poolId: uuid("pool_id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    body: text("body").notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [
    foreignKey({
      name: "assessment_records_pool_fk",
      columns: [t.poolId],
      foreignColumns: [rewardPools.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "assessment_records_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    check("assessment_records_hash_ck", sql`${t.hash} = sha256(convert_to(${t.body}, 'UTF8'))`),
  ],
);

/**
 * One gate, exclusion or choice of the scheme, asked of one informant (or of the case: no tip) and answered by the
 * preparer. The reasons are for who handles money, never for another informant.
 */
export const assessmentAnswers = pgTable(
  "assessment_answers",
  {
    poolId: uuid("pool_id").notNull(),
    /** Its place in the record, from 0. */
    position: integer("position").notNull(),
    leadId: uuid("lead_id").notNull(),
    tipId: uuid("tip_id"),
    /** `exclusion:official`, `gate:naturalPersons`, `portal:useful`, `grade:1`, `range`, `split`, … */
    question: text("question").notNull(),
    clause: text("clause").notNull(),
    answer: boolean("answer").notNull(),
    /** Whether this answer leaves the informant without a share. */
    excludes: boolean("excludes").notNull(),
    reason: text("reason"),
    answeredBy: uuid("answered_by").notNull(),
    answeredAt: instant("answered_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "assessment_answers_pool_fk",
      columns: [t.poolId],
      foreignColumns: [rewardPools.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "assessment_answers_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({ name: "assessment_answers_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "assessment_answers_staff_fk",
      columns: [t.answeredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("assessment_answers_position_uq").on(t.poolId, t.position),
    unique("assessment_answers_once_uq").on(t.poolId, t.tipId, t.question).nullsNotDistinct(),
    check("assessment_answers_question_ck", sql`${t.question} ~ '^[a-z]+(:[A-Za-z0-9-]{1,60}){0,2}$'`),
    check(
      "assessment_answers_excluded_ck",
      sql`not ${t.excludes} or ${t.tipId} is not null and ${t.reason} is not null`,
    ),
    check(
      "assessment_answers_reason_ck",
      sql`${t.reason} is null or (char_length(${t.reason}) between 5 and 500 and ${plain(t.reason)})`,
    ),
  ],
);

/**
 * 异议: an informant's objection to an award. What they say is sealed, as a message to the leading office; that they
 * object, to what and on which day is plain. Born from a reporter's act: a random id and a date.
 */
export const awardObjections = pgTable(
  "award_objections",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    tipId: uuid("tip_id").notNull(),
    /** What it is against. */
    ground: text("ground").notNull(),
    /** The sealed words. */
    messageId: uuid("message_id").notNull(),
    statedOn: date("stated_on").notNull(),
    /** The day by which it is to be answered. */
    dueOn: date("due_on").notNull(),
    outcome: text("outcome"),
    /** What the informant reads. */
    answer: text("answer"),
    answeredBy: uuid("answered_by"),
    answeredAt: instant("answered_at"),
    /** The computation that came of it. */
    newPoolId: uuid("new_pool_id"),
  },
  (t) => [
    foreignKey({
      name: "award_objections_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_objections_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({ name: "award_objections_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "award_objections_message_fk",
      columns: [t.messageId],
      foreignColumns: [tipMessages.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_objections_staff_fk",
      columns: [t.answeredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_objections_pool_fk",
      columns: [t.newPoolId],
      foreignColumns: [rewardPools.id],
    }).onDelete("restrict"),
    unique("award_objections_message_uq").on(t.messageId),
    uniqueIndex("award_objections_open_uq")
      .on(t.awardId)
      .where(sql`outcome is null`),
    index("award_objections_queue_ix")
      .on(t.dueOn, t.id)
      .where(sql`outcome is null`),
    index("award_objections_tip_ix").on(t.tipId),
    check(
      "award_objections_ground_ck",
      sql`${t.ground} in ('amount','grade','share','excluded','facts','other')`,
    ),
    check("award_objections_outcome_ck", sql`${t.outcome} in ('kept','reassessed')`),
    check(
      "award_objections_answered_ck",
      sql`(${t.outcome} is null) = (${t.answer} is null) and (${t.outcome} is null) = (${t.answeredBy} is null) and (${t.outcome} is null) = (${t.answeredAt} is null) and (${t.newPoolId} is not null) = (${t.outcome} is not distinct from 'reassessed')`,
    ),
    check(
      "award_objections_answer_ck",
      sql`${t.answer} is null or (char_length(${t.answer}) between 10 and 1000 and ${plain(t.answer)})`,
    ),
  ],
);

/** 奖励决定书: one numbered document for one approved award. The number is the database's to give. */
export const awardDecisions = pgTable(
  "award_decisions",
  {
    awardId: uuid("award_id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    packId: text("pack_id").notNull(),
    year: integer("year").notNull(),
    no: integer("no").notNull(),
    issuedOn: date("issued_on").notNull(),
    /** What the document says, frozen when it was issued. */
    facts: jsonb("facts").notNull(),
  },
  (t) => [
    foreignKey({
      name: "award_decisions_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    foreignKey({ name: "award_decisions_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    unique("award_decisions_no_uq").on(t.packId, t.year, t.no),
  ],
);

/** The last number of each year's decisions; only the trigger that numbers them writes it. */
export const decisionCounters = pgTable(
  "decision_counters",
  {
    packId: text("pack_id").notNull(),
    year: integer("year").notNull(),
    last: bigint("last", { mode: "number" }).notNull(),
  },
  (t) => [unique("decision_counters_uq").on(t.packId, t.year)],
);
