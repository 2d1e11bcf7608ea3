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
import { bytea, instant } from "./columns";
import { funds } from "./ledger";
import { payoutLines } from "./payout-batches";
import { payouts } from "./payouts";
import { staff } from "./staff";

/** A bank statement as a cashier's browser read it: its number, its balance and bare lines (invariant 17). */
export const bankStatements = pgTable(
  "bank_statements",
  {
    id: uuid("id").primaryKey(),
    fundId: uuid("fund_id").notNull(),
    /** The day it closes and a running number, `20260601-1`; never the bank's own id, which may hold an account. */
    number: text("number").notNull(),
    /** SHA-256 of the lines as they came, so that the same statement again is the same. */
    hash: bytea("hash").notNull(),
    closedOn: date("closed_on").notNull(),
    closingFen: bigint("closing_fen", { mode: "bigint" }).notNull(),
    lines: integer("lines").notNull(),
    uploadedBy: uuid("uploaded_by").notNull(),
    uploadedAt: instant("uploaded_at").notNull(),
  },
  (t) => [
    foreignKey({ name: "bank_statements_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "bank_statements_uploader_fk",
      columns: [t.uploadedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("bank_statements_number_uq").on(t.fundId, t.number),
    index("bank_statements_day_ix").on(t.fundId, t.closedOn),
    check("bank_statements_number_ck", sql`${t.number} ~ '^[0-9]{8}-[0-9]{1,2}$'`),
    check("bank_statements_lines_ck", sql`${t.lines} between 0 and 5000`),
  ],
);

/**
 * One line of a statement and what became of it. `named` waits for a person: the portal says why and guesses nothing.
 * `suspense` is booked there until somebody matches it.
 */
export const bankLines = pgTable(
  "bank_lines",
  {
    id: uuid("id").primaryKey(),
    statementId: uuid("statement_id").notNull(),
    lineNo: integer("line_no").notNull(),
    endToEndId: text("end_to_end_id"),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    valueOn: date("value_on").notNull(),
    status: text("status").notNull(),
    outcome: text("outcome").notNull(),
    /** Why a line is `named`. */
    fault: text("fault"),
    payoutLineId: uuid("payout_line_id"),
    /** Of a payment by hand, which is on no line of a batch. */
    payoutId: uuid("payout_id"),
    handledBy: uuid("handled_by"),
    handledAt: instant("handled_at"),
  },
  (t) => [
    foreignKey({
      name: "bank_lines_statement_fk",
      columns: [t.statementId],
      foreignColumns: [bankStatements.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "bank_lines_line_fk",
      columns: [t.payoutLineId],
      foreignColumns: [payoutLines.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "bank_lines_payout_fk",
      columns: [t.payoutId],
      foreignColumns: [payouts.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "bank_lines_handler_fk",
      columns: [t.handledBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("bank_lines_place_uq").on(t.statementId, t.lineNo),
    index("bank_lines_line_ix").on(t.payoutLineId),
    index("bank_lines_open_ix")
      .on(t.outcome, t.id)
      .where(sql`outcome in ('waiting','named','suspense')`),
    // The same end-to-end id in two statements settles, bounces or rejects one payment once.
    uniqueIndex("bank_lines_once_uq")
      .on(t.payoutLineId, t.outcome)
      .where(sql`outcome in ('settled','bounced','rejected')`),
    uniqueIndex("bank_lines_payout_uq")
      .on(t.payoutId, t.outcome)
      .where(sql`outcome in ('settled','bounced')`),
    check("bank_lines_payout_ck", sql`${t.payoutId} is null or ${t.payoutLineId} is null`),
    // Ours by its shape, of a line or of an order to pay by hand (ORDER_LETTERS), or nothing at all.
    check("bank_lines_id_ck", sql`${t.endToEndId} ~ '^([0-9a-f]{32}|HD20[0-9]{2}-[BCDFGHJ-NPQRTV-Z]{8})$'`),
    check("bank_lines_amount_ck", sql`${t.amountFen} > 0`),
    check("bank_lines_status_ck", sql`${t.status} in ('out','in','returned','rejected','pending')`),
    check(
      "bank_lines_outcome_ck",
      sql`${t.outcome} in ('waiting','settled','bounced','rejected','pending','suspense','matched','named','dismissed')`,
    ),
    check("bank_lines_fault_ck", sql`(${t.outcome} = 'named') = (${t.fault} is not null)`),
    check(
      "bank_lines_why_ck",
      sql`${t.fault} in ('amount','double','ended','not_sent_yet','return_first','direction','refused')`,
    ),
  ],
);

/** A month's books against the bank: what both say, and in words why they differ. A later one stands. */
export const reconciliations = pgTable(
  "reconciliations",
  {
    id: uuid("id").primaryKey(),
    fundId: uuid("fund_id").notNull(),
    /** The first of the month. */
    month: date("month").notNull(),
    bookFen: bigint("book_fen", { mode: "bigint" }).notNull(),
    bankFen: bigint("bank_fen", { mode: "bigint" }).notNull(),
    explanation: text("explanation"),
    madeBy: uuid("made_by").notNull(),
    madeAt: instant("made_at").notNull(),
  },
  (t) => [
    foreignKey({ name: "reconciliations_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "reconciliations_maker_fk",
      columns: [t.madeBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("reconciliations_month_ix").on(t.fundId, t.month, t.madeAt),
    check("reconciliations_month_ck", sql`extract(day from ${t.month}) = 1`),
    check(
      "reconciliations_explained_ck",
      sql`${t.bookFen} = ${t.bankFen} or coalesce(char_length(${t.explanation}) between 5 and 500, false)`,
    ),
    check(
      "reconciliations_plain_ck",
      sql`regexp_replace(${t.explanation}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
  ],
);

/**
 * What two people say of one line, the second agreeing to what the first said: that a payment of unknown outcome did not
 * go out, or that a line of the bank is set aside without a payment of ours.
 */
export const lineDecisions = pgTable(
  "line_decisions",
  {
    id: uuid("id").primaryKey(),
    /** A payment that two say did not go out … */
    lineId: uuid("line_id"),
    /** … or a line of the bank that two set aside: booked elsewhere (`matched`), or the same once more (`dismissed`). */
    bankLineId: uuid("bank_line_id"),
    what: text("what").notNull(),
    /** The number of the bank's answer, of a payment. */
    bankAnswer: text("bank_answer"),
    /** Why, of a line of the bank: 5 to 300 characters. */
    reason: text("reason"),
    saidBy: uuid("said_by").notNull(),
    saidAt: instant("said_at").notNull(),
    agreedBy: uuid("agreed_by"),
    agreedAt: instant("agreed_at"),
    /** Taken back by whoever said it; another may be said then. */
    withdrawnAt: instant("withdrawn_at"),
  },
  (t) => [
    foreignKey({
      name: "line_decisions_line_fk",
      columns: [t.lineId],
      foreignColumns: [payoutLines.id],
    }).onDelete("restrict"),
    foreignKey({ name: "line_decisions_sayer_fk", columns: [t.saidBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "line_decisions_agreer_fk",
      columns: [t.agreedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "line_decisions_bank_fk",
      columns: [t.bankLineId],
      foreignColumns: [bankLines.id],
    }).onDelete("restrict"),
    unique("line_decisions_line_uq").on(t.lineId),
    uniqueIndex("line_decisions_bank_uq")
      .on(t.bankLineId, t.what)
      .where(sql`withdrawn_at is null`),
    check(
      "line_decisions_withdrawn_ck",
      sql`${t.withdrawnAt} is null or ${t.bankLineId} is not null and ${t.agreedBy} is null`,
    ),
    check(
      "line_decisions_what_ck",
      sql`${t.what} in ('not_sent','dismissed','matched') and (${t.what} = 'not_sent') = (${t.lineId} is not null) and (${t.what} = 'not_sent') = (${t.bankLineId} is null) and (${t.what} = 'not_sent') = (${t.bankAnswer} is not null) and (${t.what} = 'not_sent') = (${t.reason} is null)`,
    ),
    check(
      "line_decisions_reason_ck",
      sql`char_length(${t.reason}) between 5 and 300 and regexp_replace(${t.reason}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
    check(
      "line_decisions_two_ck",
      sql`(${t.agreedBy} is null) = (${t.agreedAt} is null) and ${t.agreedBy} is distinct from ${t.saidBy}`,
    ),
    check(
      "line_decisions_answer_ck",
      sql`${t.bankAnswer} ~ '^[A-Z]{2}[A-Z0-9-]{4,30}$' and replace(${t.bankAnswer}, '-', '') !~ '[0-9]{11}'`,
    ),
  ],
);
