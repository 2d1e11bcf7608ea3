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
import { budgets, ledgerTransactions } from "./ledger";
import { awards } from "./rewards";
import { staff } from "./staff";

/**
 * An act on money that takes two finance people: asked for by one with a reason, agreed to by another, whose agreement
 * posts it. Kept whatever became of it. `amountFen` in 分 (an adjustment downwards is negative).
 */
export const ledgerRequests = pgTable(
  "ledger_requests",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind").notNull(),
    budgetId: uuid("budget_id"),
    awardId: uuid("award_id"),
    /** `YYYY-MM`, of a month to be closed. */
    month: text("month"),
    amountFen: bigint("amount_fen", { mode: "bigint" }),
    /** The day it happened: of an adjustment the day it was approved. */
    eventOn: date("event_on"),
    /** What else was agreed to: a new budget's fund and year, the grounds of a claw-back, whether a rest is carried. */
    data: jsonb("data")
      .notNull()
      .default(sql`'{}'::jsonb`),
    reason: text("reason").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    requestedAt: instant("requested_at").notNull(),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    answer: text("answer"),
    /** An order to pay that two took back before it was carried out: the second of them, as of their request `end_order`. */
    endedBy: uuid("ended_by"),
    endedAt: instant("ended_at"),
    endedWhy: text("ended_why"),
  },
  (t) => [
    ...([t.requestedBy, t.decidedBy, t.endedBy] as const).map((column) =>
      foreignKey({
        name: `ledger_requests_${column.name}_fk`,
        columns: [column],
        foreignColumns: [staff.id],
      }).onDelete("restrict"),
    ),
    foreignKey({
      name: "ledger_requests_budget_fk",
      columns: [t.budgetId],
      foreignColumns: [budgets.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "ledger_requests_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    uniqueIndex("ledger_requests_open_uq")
      .on(t.kind, sql`coalesce(${t.budgetId}::text, ${t.awardId}::text, ${t.month}, ${t.data}::text)`)
      .where(sql`outcome is null`),
    // What the bank carries with a payment by hand names one order.
    uniqueIndex("ledger_requests_reference_uq")
      .on(sql`(${t.data} ->> 'reference')`)
      .where(sql`kind = 'pay'`),
    index("ledger_requests_asked_ix").on(t.requestedAt, t.id),
    index("ledger_requests_award_ix")
      .on(t.awardId)
      .where(sql`award_id is not null`),
    check(
      "ledger_requests_kind_ck",
      sql`case ${t.kind} when 'open' then ${t.budgetId} is null and ${t.awardId} is null and ${t.month} is null and ${t.amountFen} > 0 and ${t.eventOn} is not null when 'adjust' then ${t.budgetId} is not null and ${t.awardId} is null and ${t.month} is null and ${t.amountFen} <> 0 and ${t.amountFen} is not null and ${t.eventOn} is not null when 'revoke' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} is null when 'clawback' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} > 0 when 'write_off' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} > 0 when 'close_month' then ${t.month} is not null and ${t.budgetId} is null and ${t.awardId} is null and ${t.amountFen} is null when 'close_year' then ${t.budgetId} is not null and ${t.awardId} is null and ${t.month} is null and ${t.amountFen} is null when 'pay' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} is null and coalesce(${t.data} ->> 'earlier', '') ~ '^[0-9]{1,4}$' and coalesce(${t.data} ->> 'until', '') ~ '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' and coalesce(${t.data} ->> 'reference', 'HD2000-BBBBBBBB') ~ '^HD20[0-9]{2}-[BCDFGHJ-NPQRTV-Z]{8}$' when 'end_order' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} is null and coalesce(${t.data} ->> 'order', '') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' when 'bounce' then ${t.awardId} is not null and ${t.budgetId} is null and ${t.month} is null and ${t.amountFen} is null and ${t.eventOn} is not null and coalesce(${t.data} ->> 'payout', '') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' else false end`,
    ),
    check(
      "ledger_requests_month_ck",
      sql`${t.month} is null or ${t.month} ~ '^2[01][0-9]{2}-(0[1-9]|1[0-2])$'`,
    ),
    check("ledger_requests_reason_ck", sql`char_length(${t.reason}) between 5 and 300`),
    check(
      "ledger_requests_answer_ck",
      sql`${t.answer} is null or char_length(${t.answer}) between 2 and 300`,
    ),
    check("ledger_requests_data_ck", sql`octet_length(${t.data}::text) <= 2000`),
    check(
      "ledger_requests_outcome_ck",
      sql`(${t.outcome} is null or ${t.outcome} in ('agreed','refused','withdrawn')) and (${t.outcome} is null) = (${t.decidedBy} is null) and (${t.outcome} is null) = (${t.decidedAt} is null)`,
    ),
    check(
      "ledger_requests_two_ck",
      sql`${t.outcome} is distinct from 'agreed' or ${t.decidedBy} <> ${t.requestedBy}`,
    ),
    check(
      "ledger_requests_withdrawn_ck",
      sql`${t.outcome} is distinct from 'withdrawn' or ${t.decidedBy} = ${t.requestedBy}`,
    ),
    check(
      "ledger_requests_ended_ck",
      sql`(${t.endedBy} is null) = (${t.endedAt} is null) and (${t.endedBy} is null) = (${t.endedWhy} is null) and (${t.endedBy} is null or ${t.kind} = 'pay' and coalesce(${t.outcome} = 'agreed', false))`,
    ),
    check("ledger_requests_ended_why_ck", sql`char_length(${t.endedWhy}) between 5 and 300`),
  ],
);

/** Months nothing is posted into any more (invariant 20). Closed in order, never opened again. */
export const periodClosings = pgTable(
  "period_closings",
  {
    month: text("month").primaryKey(),
    requestId: uuid("request_id").notNull(),
    closedAt: instant("closed_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "period_closings_request_fk",
      columns: [t.requestId],
      foreignColumns: [ledgerRequests.id],
    }).onDelete("restrict"),
    unique("period_closings_request_uq").on(t.requestId),
    check("period_closings_month_ck", sql`${t.month} ~ '^2[01][0-9]{2}-(0[1-9]|1[0-2])$'`),
  ],
);

/** Budgets whose year is closed: what was free lapsed or went on, what is promised went on (预算法 42). */
export const yearClosings = pgTable(
  "year_closings",
  {
    budgetId: uuid("budget_id").primaryKey(),
    requestId: uuid("request_id").notNull(),
    closedAt: instant("closed_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "year_closings_budget_fk",
      columns: [t.budgetId],
      foreignColumns: [budgets.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "year_closings_request_fk",
      columns: [t.requestId],
      foreignColumns: [ledgerRequests.id],
    }).onDelete("restrict"),
    unique("year_closings_request_uq").on(t.requestId),
  ],
);

/** An award whose promised money went into the next year's budget whole, with the posting that carried it. */
export const awardCarries = pgTable(
  "award_carries",
  {
    awardId: uuid("award_id").notNull(),
    fromBudgetId: uuid("from_budget_id").notNull(),
    toBudgetId: uuid("to_budget_id").notNull(),
    transactionId: uuid("transaction_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "award_carries_pk", columns: [t.awardId, t.fromBudgetId] }),
    foreignKey({
      name: "award_carries_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_carries_from_fk",
      columns: [t.fromBudgetId],
      foreignColumns: [budgets.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_carries_to_fk",
      columns: [t.toBudgetId],
      foreignColumns: [budgets.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_carries_transaction_fk",
      columns: [t.transactionId],
      foreignColumns: [ledgerTransactions.id],
    }).onDelete("restrict"),
    index("award_carries_transaction_ix").on(t.transactionId),
  ],
);

/** That a budget ran past a threshold (percent of its appropriation promised or spent) was told, once a size. */
export const budgetWarnings = pgTable(
  "budget_warnings",
  {
    budgetId: uuid("budget_id").notNull(),
    percent: integer("percent").notNull(),
    /** What was appropriated then: after an increase the same threshold is told again. */
    appropriationFen: bigint("appropriation_fen", { mode: "bigint" }).notNull(),
    warnedAt: instant("warned_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "budget_warnings_pk", columns: [t.budgetId, t.percent, t.appropriationFen] }),
    foreignKey({
      name: "budget_warnings_budget_fk",
      columns: [t.budgetId],
      foreignColumns: [budgets.id],
    }).onDelete("restrict"),
    check("budget_warnings_percent_ck", sql`${t.percent} between 1 and 100`),
  ],
);

/**
 * The chain over the journal (invariant 18): each seal is SHA-256 over the seal before it and the canonical bytes of
 * one posting with its entries. Laid in batches after commit, under a lock that posting never takes (invariant 14).
 */
export const ledgerSeals = pgTable(
  "ledger_seals",
  {
    /** 1, 2, 3 … without gaps. */
    position: bigint("position", { mode: "bigint" }).primaryKey(),
    transactionId: uuid("transaction_id").notNull(),
    previousHash: bytea("previous_hash").notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [
    unique("ledger_seals_transaction_uq").on(t.transactionId),
    foreignKey({
      name: "ledger_seals_transaction_fk",
      columns: [t.transactionId],
      foreignColumns: [ledgerTransactions.id],
    }).onDelete("restrict"),
    check("ledger_seals_hash_ck", sql`octet_length(${t.hash}) = 32 and octet_length(${t.previousHash}) = 32`),
  ],
);

/** The journal chain's last seal of each day, published on /verify beside the audit root and told in the audit trail. */
export const ledgerRoots = pgTable(
  "ledger_roots",
  {
    day: date("day").primaryKey(),
    position: bigint("position", { mode: "bigint" }).notNull(),
    hash: bytea("hash").notNull(),
    madeAt: instant("made_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({
      name: "ledger_roots_position_fk",
      columns: [t.position],
      foreignColumns: [ledgerSeals.position],
    }).onDelete("restrict"),
    check("ledger_roots_hash_ck", sql`octet_length(${t.hash}) = 32`),
  ],
);
