import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
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
import { leads } from "./leads";
import { agencies, staff } from "./staff";

/** Who put a row there, and when: the same of every table here. */
const entered = {
  recordedBy: uuid("recorded_by").notNull(),
  recordedAt: instant("recorded_at").notNull(),
};

/**
 * What a body did about a lead (约谈, 责令整改, 取缔 …). Rows are only added: an outcome that came later, or a correction,
 * is a new version of the same measure, and the last one counts.
 */
export const leadMeasures = pgTable(
  "lead_measures",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    /** The same for all versions of one measure. */
    measureId: uuid("measure_id").notNull(),
    version: integer("version").notNull(),
    kind: text("kind").notNull(),
    takenOn: date("taken_on").notNull(),
    /** The body that took it; where it has no accounts, triage recorded it. */
    agencyId: text("agency_id").notNull(),
    legalBasis: text("legal_basis").notNull(),
    summary: text("summary").notNull(),
    documentNumber: text("document_number"),
    outcome: text("outcome"),
    /** When a subject of class 合规 is looked at again. */
    reviewOn: date("review_on"),
    ...entered,
  },
  (t) => [
    foreignKey({ name: "lead_measures_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "lead_measures_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_measures_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("lead_measures_version_uq").on(t.measureId, t.version),
    index("lead_measures_lead_ix").on(t.leadId, t.measureId),
    check(
      "lead_measures_kind_ck",
      sql`${t.kind} in ('interview','warning','rectify_order','licence','close_down','transfer','online','supervision','other')`,
    ),
    check("lead_measures_version_ck", sql`${t.version} >= 1`),
    check("lead_measures_basis_ck", sql`char_length(${t.legalBasis}) between 2 and 200`),
    check("lead_measures_summary_ck", sql`char_length(${t.summary}) between 2 and 1000`),
    check("lead_measures_number_ck", sql`char_length(${t.documentNumber}) between 2 and 100`),
    check("lead_measures_outcome_ck", sql`char_length(${t.outcome}) between 2 and 1000`),
    check(
      "lead_measures_review_ck",
      sql`(${t.kind} = 'supervision') = (${t.reviewOn} is not null) and (${t.reviewOn} is null or ${t.reviewOn} >= ${t.takenOn})`,
    ),
  ],
);

/** The last number each body gave to a kind of letter in a year. Only the trigger that numbers letters writes it. */
export const letterCounters = pgTable(
  "letter_counters",
  {
    agencyId: text("agency_id").notNull(),
    kind: text("kind").notNull(),
    year: integer("year").notNull(),
    last: integer("last").notNull(),
  },
  (t) => [
    primaryKey({ name: "letter_counters_pk", columns: [t.agencyId, t.kind, t.year] }),
    foreignKey({
      name: "letter_counters_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
  ],
);

/**
 * A numbered letter on a lead: 整改意见书, a demand for a 兑付方案, 转办函, a referral of sites and apps, 移送函. Never
 * changed once issued; what became of it stands in `letter_steps`. `no` is given by the database, without gaps for each
 * body, kind and year.
 */
export const handlingLetters = pgTable(
  "handling_letters",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    agencyId: text("agency_id").notNull(),
    year: integer("year").notNull(),
    no: integer("no").notNull(),
    recipient: text("recipient").notNull(),
    /** Of a 转办函: the body it is written to, which holds the lead and has no accounts. Null before 0044. */
    recipientAgencyId: text("recipient_agency_id"),
    /** All the letter says, as it is printed; nothing of a reporter. */
    facts: jsonb("facts").notNull(),
    /** How long the recipient has; null where nothing is asked by a day. Counted from service, or from dispatch. */
    limitDays: integer("limit_days"),
    limitKind: text("limit_kind"),
    issuedOn: date("issued_on").notNull(),
    ...entered,
  },
  (t) => [
    foreignKey({
      name: "handling_letters_lead_fk",
      columns: [t.leadId],
      foreignColumns: [leads.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "handling_letters_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "handling_letters_recipient_fk",
      columns: [t.recipientAgencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    check("handling_letters_forwarded_ck", sql`${t.kind} = 'forward' or ${t.recipientAgencyId} is null`),
    foreignKey({
      name: "handling_letters_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("handling_letters_no_uq").on(t.agencyId, t.kind, t.year, t.no),
    unique("handling_letters_lead_uq").on(t.id, t.leadId),
    index("handling_letters_lead_ix").on(t.leadId, t.id),
    check("handling_letters_kind_ck", sql`${t.kind} in ('rectify','repayment','forward','sites','transfer')`),
    check("handling_letters_recipient_ck", sql`char_length(${t.recipient}) between 2 and 100`),
    check(
      "handling_letters_limit_ck",
      sql`(${t.limitDays} is null) = (${t.limitKind} is null) and (${t.limitDays} is null or ${t.limitDays} between 1 and 365 and ${t.limitKind} in ('working','calendar'))`,
    ),
    check(
      "handling_letters_asks_ck",
      sql`${t.kind} not in ('rectify','repayment') or ${t.limitDays} is not null`,
    ),
  ],
);

/** What became of a letter, in order: served, reminded, answered, looked at again, a bundle made, ended. Only added. */
export const letterSteps = pgTable(
  "letter_steps",
  {
    id: uuid("id").primaryKey(),
    stepNo: bigint("step_no", { mode: "number" }).generatedAlwaysAsIdentity(),
    letterId: uuid("letter_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    onDay: date("on_day").notNull(),
    result: text("result"),
    /** Days the deadline was put off by, once. */
    extendDays: integer("extend_days"),
    documentNumber: text("document_number"),
    note: text("note"),
    /** Of a bundle's manifest; the bundle itself never comes to the server. */
    sha256: bytea("sha256"),
    files: integer("files"),
    bytes: bigint("bytes", { mode: "number" }),
    ...entered,
  },
  (t) => [
    foreignKey({
      name: "letter_steps_letter_fk",
      columns: [t.letterId, t.leadId],
      foreignColumns: [handlingLetters.id, handlingLetters.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "letter_steps_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("letter_steps_no_uq").on(t.stepNo),
    index("letter_steps_letter_ix").on(t.letterId, t.stepNo),
    uniqueIndex("letter_steps_extended_uq")
      .on(t.letterId)
      .where(sql`extend_days is not null`),
    uniqueIndex("letter_steps_served_uq")
      .on(t.letterId)
      .where(sql`kind = 'served'`),
    check(
      "letter_steps_kind_ck",
      sql`${t.kind} in ('served','reminded','answered','received','judged','review','closed','bundle','receipt')`,
    ),
    check(
      "letter_steps_result_ck",
      sql`case ${t.kind} when 'review' then ${t.result} in ('done','partly','not_done')
          when 'judged' then ${t.result} in ('accepted','refused') when 'receipt' then ${t.result} in ('accepted','refused')
          when 'closed' then ${t.result} in ('done','ban') else ${t.result} is null end is true`,
    ),
    check(
      "letter_steps_extend_ck",
      sql`${t.extendDays} is null or ${t.kind} = 'review' and ${t.result} <> 'done' and ${t.extendDays} between 1 and 365`,
    ),
    check(
      "letter_steps_bundle_ck",
      sql`(${t.kind} = 'bundle') = (${t.sha256} is not null) and (${t.kind} = 'bundle') = (${t.files} is not null)
          and (${t.kind} = 'bundle') = (${t.bytes} is not null)
          and (${t.sha256} is null or octet_length(${t.sha256}) = 32 and ${t.files} between 0 and 1000 and ${t.bytes} >= 0)`,
    ),
    check(
      "letter_steps_receipt_ck",
      sql`${t.kind} <> 'receipt' or (case ${t.result} when 'accepted' then ${t.documentNumber} is not null else ${t.note} is not null end)`,
    ),
    check("letter_steps_note_ck", sql`char_length(${t.note}) between 2 and 1000`),
    check("letter_steps_number_ck", sql`char_length(${t.documentNumber}) between 2 and 100`),
  ],
);

/** 先行登记保存: a thing kept as evidence (行政处罚法 第五十六条). Who holds it now follows from its hand-overs. */
export const preservations = pgTable(
  "preservations",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    item: text("item").notNull(),
    quantity: text("quantity").notNull(),
    place: text("place").notNull(),
    holder: text("holder").notNull(),
    legalBasis: text("legal_basis").notNull(),
    /** Of its photo or list of files, where one was made. */
    sha256: bytea("sha256"),
    takenOn: date("taken_on").notNull(),
    ...entered,
  },
  (t) => [
    foreignKey({ name: "preservations_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "preservations_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "preservations_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("preservations_lead_uq").on(t.id, t.leadId),
    index("preservations_lead_ix").on(t.leadId, t.id),
    check("preservations_item_ck", sql`char_length(${t.item}) between 2 and 200`),
    check("preservations_quantity_ck", sql`char_length(${t.quantity}) between 1 and 50`),
    check("preservations_place_ck", sql`char_length(${t.place}) between 2 and 200`),
    check("preservations_holder_ck", sql`char_length(${t.holder}) between 2 and 100`),
    check("preservations_basis_ck", sql`char_length(${t.legalBasis}) between 2 and 200`),
    check("preservations_sha256_ck", sql`octet_length(${t.sha256}) = 32`),
  ],
);

/** The chain of custody of a thing kept, and the decision that ends keeping it. Only added. */
export const preservationSteps = pgTable(
  "preservation_steps",
  {
    id: uuid("id").primaryKey(),
    stepNo: bigint("step_no", { mode: "number" }).generatedAlwaysAsIdentity(),
    preservationId: uuid("preservation_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    onDay: date("on_day").notNull(),
    fromHolder: text("from_holder"),
    toHolder: text("to_holder"),
    decision: text("decision"),
    reason: text("reason").notNull(),
    ...entered,
  },
  (t) => [
    foreignKey({
      name: "preservation_steps_of_fk",
      columns: [t.preservationId, t.leadId],
      foreignColumns: [preservations.id, preservations.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "preservation_steps_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("preservation_steps_no_uq").on(t.stepNo),
    index("preservation_steps_of_ix").on(t.preservationId, t.stepNo),
    uniqueIndex("preservation_steps_decided_uq")
      .on(t.preservationId)
      .where(sql`kind = 'decided'`),
    check("preservation_steps_kind_ck", sql`${t.kind} in ('handover','decided')`),
    check(
      "preservation_steps_holders_ck",
      sql`(${t.kind} = 'handover') = (${t.fromHolder} is not null) and (${t.kind} = 'handover') = (${t.toHolder} is not null)
          and (${t.toHolder} is null or char_length(${t.toHolder}) between 2 and 100 and ${t.toHolder} <> ${t.fromHolder})`,
    ),
    check(
      "preservation_steps_decision_ck",
      sql`(${t.kind} = 'decided') = (${t.decision} is not null) and (${t.decision} is null or ${t.decision} in ('return','seize','appraise','transfer','confiscate'))`,
    ),
    check("preservation_steps_reason_ck", sql`char_length(${t.reason}) between 2 and 500`),
  ],
);
