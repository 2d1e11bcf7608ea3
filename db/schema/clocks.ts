import { sql } from "drizzle-orm";
import {
  bigint,
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
import { instant } from "./columns";
import { leads } from "./leads";
import { tipMessages } from "./messages";
import { agencies, staff } from "./staff";

/**
 * The State Council's list of a year's holidays and make-up working days, as an administrator entered it. Rows are only
 * added: a later one of the same year is a correction. The years the portal comes with stand in its code.
 */
export const calendarLists = pgTable(
  "calendar_lists",
  {
    id: uuid("id").primaryKey(),
    listNo: bigint("list_no", { mode: "number" }).generatedAlwaysAsIdentity(),
    year: integer("year").notNull(),
    /** The notice's number. */
    document: text("document").notNull(),
    daysOff: date("days_off").array().notNull(),
    workDays: date("work_days").array().notNull(),
    enteredBy: uuid("entered_by").notNull(),
    enteredAt: instant("entered_at").notNull(),
  },
  (t) => [
    unique("calendar_lists_no_uq").on(t.listNo),
    foreignKey({
      name: "calendar_lists_staff_fk",
      columns: [t.enteredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    check("calendar_lists_year_ck", sql`${t.year} between 2020 and 2100`),
    check("calendar_lists_document_ck", sql`char_length(${t.document}) between 4 and 100`),
    check(
      "calendar_lists_days_ck",
      sql`cardinality(${t.daysOff}) between 1 and 60 and cardinality(${t.workDays}) <= 30 and not ${t.daysOff} && ${t.workDays}`,
    ),
  ],
);

/**
 * What is to be done on a lead by when. `due_on` is kept by the clock functions from the other columns, its pauses and the
 * calendar; null while it stands still. Of one kind and subject one clock runs at a time.
 */
export const leadClocks = pgTable(
  "lead_clocks",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    /** What else it is about, where a lead may have several of the kind (a notice's id); '' otherwise. */
    subject: text("subject").notNull().default(""),
    startedOn: date("started_on").notNull(),
    limitDays: integer("limit_days").notNull(),
    limitKind: text("limit_kind").notNull(),
    /** The clause the limit stands in; null: a setting of this office. */
    clause: text("clause"),
    /** Days it may be extended by, once; 0: not at all. Frozen with the limit when it starts. */
    extensionDays: integer("extension_days").notNull().default(0),
    /** Working days it stands still for a reporter's answer, and how often. */
    waitDays: integer("wait_days").notNull().default(10),
    waitTimes: integer("wait_times").notNull().default(0),
    /** Days a second person agreed to; of the limit's kind. */
    extendedDays: integer("extended_days").notNull().default(0),
    dueOn: date("due_on"),
    /** The last calendar list it was computed with; 0 for those in the code. */
    calendarNo: bigint("calendar_no", { mode: "number" }).notNull().default(0),
    endedOn: date("ended_on"),
    startedBy: uuid("started_by"),
  },
  (t) => [
    foreignKey({ name: "lead_clocks_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "lead_clocks_staff_fk", columns: [t.startedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("lead_clocks_running_uq")
      .on(t.leadId, t.kind, t.subject)
      .where(sql`ended_on is null`),
    index("lead_clocks_handling_ix")
      .on(t.dueOn, t.leadId)
      .where(
        sql`ended_on is null and kind in ('rectify','follow_up','preservation','repayment_plan','answer')`,
      ),
    index("lead_clocks_calendar_ix")
      .on(t.calendarNo, t.id)
      .where(sql`ended_on is null`),
    check(
      "lead_clocks_kind_ck",
      sql`${t.kind} in ('accept','handle','rectify','follow_up','preservation','repayment_plan','dispute','answer')`,
    ),
    check(
      "lead_clocks_limit_ck",
      sql`${t.limitDays} between 1 and 400 and ${t.limitKind} in ('working','calendar')`,
    ),
    check(
      "lead_clocks_extended_ck",
      sql`${t.extensionDays} between 0 and 400 and ${t.extendedDays} between 0 and ${t.extensionDays}`,
    ),
    check("lead_clocks_wait_ck", sql`${t.waitDays} between 1 and 400 and ${t.waitTimes} between 0 and 10`),
    check("lead_clocks_ended_ck", sql`${t.endedOn} is null or ${t.endedOn} >= ${t.startedOn}`),
  ],
);

/** When a clock stood still, at whose word and why. Days after `from_on` up to and with `to_on` do not count. */
export const clockPauses = pgTable(
  "clock_pauses",
  {
    id: uuid("id").primaryKey(),
    clockId: uuid("clock_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    cause: text("cause").notNull(),
    reason: text("reason"),
    fromOn: date("from_on").notNull(),
    /** It ends by itself on this day, if nothing ended it before. */
    untilOn: date("until_on"),
    toOn: date("to_on"),
    /** The question it waits an answer to. */
    messageId: uuid("message_id"),
    pausedBy: uuid("paused_by"),
  },
  (t) => [
    foreignKey({
      name: "clock_pauses_clock_fk",
      columns: [t.clockId],
      foreignColumns: [leadClocks.id],
    }).onDelete("restrict"),
    foreignKey({ name: "clock_pauses_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "clock_pauses_message_fk",
      columns: [t.messageId],
      foreignColumns: [tipMessages.id],
    }).onDelete("restrict"),
    foreignKey({ name: "clock_pauses_staff_fk", columns: [t.pausedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("clock_pauses_open_uq")
      .on(t.clockId, t.cause)
      .where(sql`to_on is null`),
    index("clock_pauses_lead_ix").on(t.leadId),
    check("clock_pauses_cause_ck", sql`${t.cause} in ('reporter','dispute','other')`),
    check("clock_pauses_why_ck", sql`${t.cause} <> 'other' or char_length(${t.reason}) between 2 and 300`),
    check("clock_pauses_reporter_ck", sql`(${t.cause} = 'reporter') = (${t.messageId} is not null)`),
    check("clock_pauses_until_ck", sql`(${t.cause} = 'reporter') = (${t.untilOn} is not null)`),
    check("clock_pauses_days_ck", sql`${t.toOn} is null or ${t.toOn} >= ${t.fromOn}`),
  ],
);

/** An extension somebody asked for, and what a second person said to it. One a clock, but for those refused. */
export const clockExtensions = pgTable(
  "clock_extensions",
  {
    id: uuid("id").primaryKey(),
    clockId: uuid("clock_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    days: integer("days").notNull(),
    reason: text("reason").notNull(),
    askedBy: uuid("asked_by").notNull(),
    askedAt: instant("asked_at").notNull(),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    foreignKey({
      name: "clock_extensions_clock_fk",
      columns: [t.clockId],
      foreignColumns: [leadClocks.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "clock_extensions_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "clock_extensions_asker_fk",
      columns: [t.askedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "clock_extensions_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("clock_extensions_once_uq")
      .on(t.clockId)
      .where(sql`outcome is distinct from 'refused'`),
    index("clock_extensions_lead_ix").on(t.leadId),
    check("clock_extensions_days_ck", sql`${t.days} between 1 and 400`),
    check("clock_extensions_reason_ck", sql`char_length(${t.reason}) between 2 and 300`),
    check("clock_extensions_outcome_ck", sql`${t.outcome} in ('granted','refused')`),
    check(
      "clock_extensions_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedBy} is null) and (${t.outcome} is null) = (${t.decidedAt} is null)`,
    ),
    check("clock_extensions_second_ck", sql`${t.decidedBy} <> ${t.askedBy}`),
  ],
);

/** 督办: the leading office urges a body whose clock has run out; numbered by year without gaps; the body's answer. */
export const supervisions = pgTable(
  "supervisions",
  {
    id: uuid("id").primaryKey(),
    year: integer("year").notNull(),
    /** Given by a trigger. */
    no: integer("no").notNull(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    clockKind: text("clock_kind").notNull(),
    /** The deadline that passed. */
    dueOn: date("due_on").notNull(),
    note: text("note").notNull(),
    answerBy: date("answer_by").notNull(),
    issuedBy: uuid("issued_by").notNull(),
    issuedAt: instant("issued_at").notNull(),
    answer: text("answer"),
    answeredBy: uuid("answered_by"),
    answeredAt: instant("answered_at"),
  },
  (t) => [
    unique("supervisions_no_uq").on(t.year, t.no),
    foreignKey({ name: "supervisions_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "supervisions_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "supervisions_issuer_fk",
      columns: [t.issuedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "supervisions_answerer_fk",
      columns: [t.answeredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("supervisions_open_uq")
      .on(t.leadId, t.agencyId, t.clockKind)
      .where(sql`answered_at is null`),
    index("supervisions_agency_ix").on(t.agencyId, t.answeredAt),
    check(
      "supervisions_clock_ck",
      sql`${t.clockKind} in ('accept','handle','rectify','follow_up','preservation','repayment_plan','answer')`,
    ),
    check("supervisions_note_ck", sql`char_length(${t.note}) between 2 and 500`),
    check("supervisions_answer_ck", sql`${t.answer} is null or char_length(${t.answer}) between 2 and 1000`),
    check(
      "supervisions_answered_ck",
      sql`(${t.answer} is null) = (${t.answeredBy} is null) and (${t.answer} is null) = (${t.answeredAt} is null)`,
    ),
  ],
);

/**
 * What the leading office must see at once: a lead called 重大 (one row a lead and cause), or a jump of reports on a
 * subject or in a place (one open row each). Raised by a report's arrival too: a day, no clock.
 */
export const alerts = pgTable(
  "alerts",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind").notNull(),
    /** The lead it is about; null for a place. */
    leadId: uuid("lead_id"),
    /** Division code of a place; null otherwise. */
    place: text("place"),
    /** The rule or setting that was met. */
    rule: text("rule").notNull(),
    /** The figure that met it. */
    figure: text("figure").notNull(),
    raisedOn: date("raised_on").notNull(),
    acknowledgedBy: uuid("acknowledged_by"),
    acknowledgedAt: instant("acknowledged_at"),
    note: text("note"),
  },
  (t) => [
    foreignKey({ name: "alerts_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "alerts_staff_fk", columns: [t.acknowledgedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("alerts_major_uq")
      .on(t.leadId, t.rule)
      .where(sql`kind = 'major'`),
    // What reports that accuse an official bring about is the leading office's alone: the lead bears no mark of it.
    uniqueIndex("alerts_office_uq")
      .on(t.leadId, t.rule)
      .where(sql`kind = 'major_office'`),
    uniqueIndex("alerts_surge_uq")
      .on(t.kind, sql`coalesce(lead_id::text, place)`, t.raisedOn)
      .where(sql`kind in ('surge_lead', 'surge_place')`),
    uniqueIndex("alerts_surge_open_uq")
      .on(t.kind, sql`coalesce(lead_id::text, place)`)
      .where(sql`kind in ('surge_lead', 'surge_place') and acknowledged_at is null`),
    index("alerts_open_ix")
      .on(t.raisedOn, t.id)
      .where(sql`acknowledged_at is null`),
    check("alerts_kind_ck", sql`${t.kind} in ('major','major_office','surge_lead','surge_place')`),
    check(
      "alerts_of_ck",
      sql`(${t.kind} = 'surge_place') = (${t.leadId} is null) and (${t.kind} = 'surge_place') = (${t.place} is not null)`,
    ),
    check("alerts_acknowledged_ck", sql`(${t.acknowledgedBy} is null) = (${t.acknowledgedAt} is null)`),
    check("alerts_note_ck", sql`${t.note} is null or char_length(${t.note}) <= 300`),
  ],
);

/**
 * Reports a day on one lead or in one place as last settled, so that a jump is found without counting reports again; what
 * came or moved since is in tip_tally_deltas.
 */
export const tipTallies = pgTable(
  "tip_tallies",
  {
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    day: date("day").notNull(),
    tips: integer("tips").notNull(),
  },
  (t) => [
    unique("tip_tallies_uq").on(t.kind, t.key, t.day),
    index("tip_tallies_day_ix").on(t.day, t.tips),
    check("tip_tallies_kind_ck", sql`${t.kind} in ('lead','place')`),
  ],
);

/** What came since tip_tallies was settled: of a flood on one subject no report waits for another's row. */
export const tipTallyDeltas = pgTable("tip_tally_deltas", {
  kind: text("kind").notNull(),
  key: text("key").notNull(),
  day: date("day").notNull(),
  tips: integer("tips").notNull(),
});
