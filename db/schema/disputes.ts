import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
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
import { agencies, staff } from "./staff";

/**
 * A body sent a lead back, and on what ground. Round and ordinal are counted by a trigger: the second return of a round
 * goes to 会商, a third there is not, and none after a decision (experience.md 25).
 */
export const leadReturns = pgTable(
  "lead_returns",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    /** Disputes of the lead that had come to their end when it was returned. */
    round: integer("round").notNull().default(0),
    ordinal: integer("ordinal").notNull().default(1),
    agencyId: text("agency_id").notNull(),
    proposedAgencyId: text("proposed_agency_id").notNull(),
    legalBasis: text("legal_basis").notNull(),
    returnedBy: uuid("returned_by").notNull(),
    returnedAt: instant("returned_at").notNull(),
  },
  (t) => [
    foreignKey({ name: "lead_returns_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "lead_returns_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_returns_proposed_fk",
      columns: [t.proposedAgencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "lead_returns_staff_fk",
      columns: [t.returnedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("lead_returns_turn_uq").on(t.leadId, t.round, t.ordinal),
    check("lead_returns_twice_ck", sql`${t.ordinal} in (1, 2)`),
    check("lead_returns_basis_ck", sql`char_length(btrim(${t.legalBasis})) between 2 and 300`),
  ],
);

/** Bodies that disagree who handles a lead (会商). Number and subject are kept as they were: parties may not hold the lead. */
export const disputes = pgTable(
  "disputes",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    leadNumber: bigint("lead_number", { mode: "number" }).notNull(),
    subjectName: text("subject_name").notNull(),
    cause: text("cause").notNull(),
    /** The decided dispute this one takes up again, on new facts. */
    reopensId: uuid("reopens_id"),
    question: text("question").notNull(),
    /** The pack's disagreement body, its method and the clause, as they were on the day. */
    mediatorId: text("mediator_id").notNull(),
    method: text("method").notNull(),
    clause: text("clause").notNull(),
    status: text("status").notNull().default("open"),
    version: integer("version").notNull().default(1),
    openedBy: uuid("opened_by"),
    openedAt: instant("opened_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({ name: "disputes_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "disputes_reopens_fk", columns: [t.reopensId], foreignColumns: [t.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "disputes_mediator_fk",
      columns: [t.mediatorId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({ name: "disputes_opener_fk", columns: [t.openedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    unique("disputes_lead_uq").on(t.id, t.leadId),
    unique("disputes_reopens_uq").on(t.reopensId),
    uniqueIndex("disputes_open_uq")
      .on(t.leadId)
      .where(sql`status = 'open'`),
    index("disputes_list_ix").on(t.status, t.openedAt, t.id),
    check("disputes_cause_ck", sql`${t.cause} in ('second_return', 'body', 'triage', 'new_facts')`),
    check("disputes_reopens_ck", sql`(${t.cause} = 'new_facts') = (${t.reopensId} is not null)`),
    check("disputes_status_ck", sql`${t.status} in ('open', 'decided', 'dropped')`),
    check("disputes_ended_ck", sql`(${t.status} = 'open') = (${t.endedAt} is null)`),
    check("disputes_question_ck", sql`char_length(btrim(${t.question})) between 2 and 500`),
  ],
);

/** A body heard in a dispute, and how it came to it. */
export const disputeParties = pgTable(
  "dispute_parties",
  {
    id: uuid("id").primaryKey(),
    disputeId: uuid("dispute_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    why: text("why").notNull(),
    joinedAt: instant("joined_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "dispute_parties_dispute_fk",
      columns: [t.disputeId, t.leadId],
      foreignColumns: [disputes.id, disputes.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_parties_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    unique("dispute_parties_uq").on(t.disputeId, t.agencyId),
    index("dispute_parties_agency_ix").on(t.agencyId, t.disputeId),
    check(
      "dispute_parties_why_ck",
      sql`${t.why} in ('returned', 'proposed', 'held', 'invited', 'decided', 'succeeded')`,
    ),
  ],
);

/**
 * What a party holds, with its ground. The highest version of a body is the live one; an earlier one stays. The answer of
 * a body without accounts is recorded by triage, with the number and day of its letter.
 */
export const disputeOpinions = pgTable(
  "dispute_opinions",
  {
    id: uuid("id").primaryKey(),
    disputeId: uuid("dispute_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    version: integer("version").notNull(),
    opinion: text("opinion").notNull(),
    legalBasis: text("legal_basis").notNull(),
    proposedAgencyId: text("proposed_agency_id").notNull(),
    letterNumber: text("letter_number"),
    letterOn: date("letter_on"),
    givenBy: uuid("given_by").notNull(),
    givenAt: instant("given_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "dispute_opinions_dispute_fk",
      columns: [t.disputeId, t.leadId],
      foreignColumns: [disputes.id, disputes.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_opinions_party_fk",
      columns: [t.disputeId, t.agencyId],
      foreignColumns: [disputeParties.disputeId, disputeParties.agencyId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_opinions_proposed_fk",
      columns: [t.proposedAgencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_opinions_staff_fk",
      columns: [t.givenBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("dispute_opinions_version_uq").on(t.disputeId, t.agencyId, t.version),
    check("dispute_opinions_text_ck", sql`char_length(btrim(${t.opinion})) between 2 and 4000`),
    check("dispute_opinions_basis_ck", sql`char_length(btrim(${t.legalBasis})) between 2 and 300`),
    check("dispute_opinions_letter_ck", sql`(${t.letterNumber} is null) = (${t.letterOn} is null)`),
  ],
);

/** What was done to settle a dispute, in order: meetings, experts asked, parties reminded, the leading group asked and its answer. */
export const disputeRecords = pgTable(
  "dispute_records",
  {
    id: uuid("id").primaryKey(),
    disputeId: uuid("dispute_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    kind: text("kind").notNull(),
    heldOn: date("held_on").notNull(),
    /** Who was there, which experts, or which bodies were reminded. */
    people: text("people").notNull(),
    summary: text("summary").notNull(),
    documentNumber: text("document_number"),
    recordedBy: uuid("recorded_by").notNull(),
    recordedAt: instant("recorded_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "dispute_records_dispute_fk",
      columns: [t.disputeId, t.leadId],
      foreignColumns: [disputes.id, disputes.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_records_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("dispute_records_dispute_ix").on(t.disputeId, t.recordedAt),
    check(
      "dispute_records_kind_ck",
      sql`${t.kind} in ('meeting', 'expert', 'reminder', 'escalated', 'answered')`,
    ),
    check(
      "dispute_records_answer_ck",
      sql`${t.kind} not in ('escalated', 'answered') or ${t.documentNumber} is not null`,
    ),
  ],
);

/** How a dispute was decided, once: one lead body, or several together (联合整治); by the office, or by the leading group. */
export const disputeDecisions = pgTable(
  "dispute_decisions",
  {
    id: uuid("id").primaryKey(),
    disputeId: uuid("dispute_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    outcome: text("outcome").notNull(),
    byGroup: boolean("by_group").notNull(),
    /** The bodies that lead from now on, the first before the others. */
    agencyIds: text("agency_ids").array().notNull(),
    legalBasis: text("legal_basis").notNull(),
    reasons: text("reasons").notNull(),
    dissent: text("dissent"),
    decidedBy: uuid("decided_by").notNull(),
    decidedAt: instant("decided_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "dispute_decisions_dispute_fk",
      columns: [t.disputeId, t.leadId],
      foreignColumns: [disputes.id, disputes.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_decisions_staff_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("dispute_decisions_uq").on(t.disputeId),
    check("dispute_decisions_outcome_ck", sql`${t.outcome} in ('single', 'joint')`),
    check(
      "dispute_decisions_bodies_ck",
      sql`case ${t.outcome} when 'single' then cardinality(${t.agencyIds}) = 1 else cardinality(${t.agencyIds}) between 2 and 10 end`,
    ),
    check("dispute_decisions_basis_ck", sql`char_length(btrim(${t.legalBasis})) between 2 and 300`),
    check("dispute_decisions_reasons_ck", sql`char_length(btrim(${t.reasons})) between 2 and 4000`),
  ],
);

/** A decided body's one wish, on new facts, to have the dispute taken up again; answered by the leading office. */
export const disputeReopenings = pgTable(
  "dispute_reopenings",
  {
    id: uuid("id").primaryKey(),
    disputeId: uuid("dispute_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    agencyId: text("agency_id").notNull(),
    facts: text("facts").notNull(),
    legalBasis: text("legal_basis").notNull(),
    askedBy: uuid("asked_by").notNull(),
    askedAt: instant("asked_at").notNull(),
    outcome: text("outcome"),
    answer: text("answer"),
    answeredBy: uuid("answered_by"),
    answeredAt: instant("answered_at"),
  },
  (t) => [
    foreignKey({
      name: "dispute_reopenings_dispute_fk",
      columns: [t.disputeId, t.leadId],
      foreignColumns: [disputes.id, disputes.leadId],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_reopenings_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_reopenings_asker_fk",
      columns: [t.askedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dispute_reopenings_answerer_fk",
      columns: [t.answeredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("dispute_reopenings_uq").on(t.disputeId),
    check("dispute_reopenings_facts_ck", sql`char_length(btrim(${t.facts})) between 2 and 4000`),
    check("dispute_reopenings_basis_ck", sql`char_length(btrim(${t.legalBasis})) between 2 and 300`),
    check(
      "dispute_reopenings_outcome_ck",
      sql`${t.outcome} is null or ${t.outcome} in ('granted', 'refused')`,
    ),
    check(
      "dispute_reopenings_answer_ck",
      sql`(${t.outcome} is null) = (${t.answeredBy} is null) and (${t.outcome} is null) = (${t.answeredAt} is null) and (${t.outcome} is null) = (${t.answer} is null)`,
    ),
  ],
);
