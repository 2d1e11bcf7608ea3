import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { agencies, staff } from "./staff";

/** A source of money of one agency; it carries the financial book, which outlives the year. */
export const funds = pgTable(
  "funds",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    agencyId: text("agency_id").notNull(),
    source: text("source").notNull(),
    /** Ledger-export slug: lower-case latin, so that foreign tools accept it as an account name. */
    slug: text("slug").notNull(),
  },
  (t) => [
    foreignKey({ name: "funds_agency_fk", columns: [t.agencyId], foreignColumns: [agencies.id] }).onDelete(
      "restrict",
    ),
    unique("funds_source_uq").on(t.agencyId, t.source),
    unique("funds_slug_uq").on(t.slug),
    check("funds_slug_ck", sql`${t.slug} ~ '^[a-z][a-z0-9-]{1,40}$'`),
    // No account, card or telephone number is hidden in a name, however it is split (invariant 17).
    check(
      "funds_plain_ck",
      sql`regexp_replace(${t.source}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}' and replace(${t.slug}, '-', '') !~ '[0-9]{11}'`,
    ),
  ],
);

/** One fiscal year of a fund; it carries the budget book (预算会计). */
export const budgets = pgTable(
  "budgets",
  {
    id: uuid("id").primaryKey(),
    fundId: uuid("fund_id").notNull(),
    fiscalYear: integer("fiscal_year").notNull(),
  },
  (t) => [
    foreignKey({ name: "budgets_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    unique("budgets_year_uq").on(t.fundId, t.fiscalYear),
    check("budgets_year_ck", sql`${t.fiscalYear} between 2000 and 2200`),
  ],
);

/** Accounts of both books (平行记账). A budget-book account belongs to a year, a financial one to the fund. */
export const accounts = pgTable(
  "accounts",
  {
    id: uuid("id").primaryKey(),
    book: text("book").notNull(),
    kind: text("kind").notNull(),
    fundId: uuid("fund_id").notNull(),
    budgetId: uuid("budget_id"),
    currency: text("currency").notNull().default("CNY"),
  },
  (t) => [
    foreignKey({ name: "accounts_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "accounts_budget_fk", columns: [t.budgetId], foreignColumns: [budgets.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("accounts_budget_uq")
      .on(t.budgetId, t.kind, t.currency)
      .where(sql`book = 'budget'`),
    uniqueIndex("accounts_financial_uq")
      .on(t.fundId, t.kind, t.currency)
      .where(sql`book = 'financial'`),
    check(
      "accounts_kind_ck",
      sql`(${t.book} = 'budget' and ${t.budgetId} is not null and ${t.kind} in ('appropriation','available','encumbered','spent')) or (${t.book} = 'financial' and ${t.budgetId} is null and ${t.kind} in ('expense','payable','treasury','window_cash','recoverable','suspense','funding'))`,
    ),
  ],
);

/**
 * Running debit and credit totals in 分, kept by a trigger on the entries and by nothing else; what judges a posting
 * refuses a negative available, encumbered, payable or window_cash (invariant 5).
 */
export const accountBalances = pgTable(
  "account_balances",
  {
    accountId: uuid("account_id").primaryKey(),
    // What the account is, as in `accounts`, where none of it ever changes: a posting is judged from this row alone.
    kind: text("kind").notNull(),
    fundId: uuid("fund_id").notNull(),
    budgetId: uuid("budget_id"),
    currency: text("currency").notNull(),
    debitFen: bigint("debit_fen", { mode: "bigint" })
      .notNull()
      .default(sql`0`),
    creditFen: bigint("credit_fen", { mode: "bigint" })
      .notNull()
      .default(sql`0`),
  },
  (t) => [
    foreignKey({
      name: "account_balances_account_fk",
      columns: [t.accountId],
      foreignColumns: [accounts.id],
    }).onDelete("restrict"),
  ],
);

/**
 * Which debit/credit pairs an event may post: the event table of the ledger design, as data the database checks.
 * Every `leg` of an event must be there and all legs carry one amount; pairs of one leg are alternatives.
 */
export const postingRules = pgTable(
  "posting_rules",
  {
    event: text("event").notNull(),
    debitKind: text("debit_kind").notNull(),
    creditKind: text("credit_kind").notNull(),
    leg: integer("leg").notNull(),
    /** How many legs the event has. */
    legs: integer("legs").notNull(),
    /** 1 where the account of this side may not be left in credit, -1 where not in debit, 0 where either may be. */
    debitSign: integer("debit_sign").notNull(),
    creditSign: integer("credit_sign").notNull(),
    /** Whether the event is about an award, and then about its whole amount or a part of it. */
    award: text("award").notNull(),
    /** 1 where a carry-over posts into the next fiscal year's budget of the same fund (预算法 42). */
    yearOffset: integer("year_offset").notNull().default(0),
  },
  (t) => [
    primaryKey({ name: "posting_rules_pk", columns: [t.event, t.debitKind, t.creditKind] }),
    check("posting_rules_award_ck", sql`${t.award} in ('none','whole','part')`),
    check("posting_rules_offset_ck", sql`${t.yearOffset} in (0, 1)`),
  ],
);

/** One posting. Append-only; a correction is a new one naming what it corrects, and nothing is corrected twice. */
export const ledgerTransactions = pgTable(
  "ledger_transactions",
  {
    id: uuid("id").primaryKey(),
    event: text("event").notNull(),
    /** The business day it belongs to (event_at); its year decides the voucher number's year. */
    eventOn: date("event_on").notNull(),
    recordedAt: instant("recorded_at")
      .notNull()
      .default(sql`now()`),
    /** Of the accounts of its entries, as its judge asks: no foreign key, whose lock on the fund postings would wait for. */
    fundId: uuid("fund_id").notNull(),
    idempotencyKey: text("idempotency_key").notNull(),
    correctsId: uuid("corrects_id"),
    // Of an award that is there, as what judges it asks (awards_voucher_missing); awards are never deleted.
    awardId: uuid("award_id"),
    actorId: uuid("actor_id"),
    /** The request of two people it carries out (ledger_requests), of events that take two. */
    requestId: uuid("request_id"),
    /**
     * Order of posting. Accounts are locked before a number is drawn, so that for each account this is the order
     * in which its balance changed.
     */
    seq: bigint("seq", { mode: "bigint" }).generatedAlwaysAsIdentity(),
    /** The database transaction that wrote it, set by a trigger: entries join it there and nowhere later. */
    recordedIn: bigint("recorded_in", { mode: "bigint" })
      .notNull()
      .default(sql`0`),
  },
  (t) => [
    foreignKey({
      name: "ledger_transactions_corrects_fk",
      columns: [t.correctsId],
      foreignColumns: [t.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "ledger_transactions_actor_fk",
      columns: [t.actorId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("ledger_transactions_idempotency_uq").on(t.idempotencyKey),
    unique("ledger_transactions_corrects_uq").on(t.correctsId),
    unique("ledger_transactions_seq_uq").on(t.seq),
    index("ledger_transactions_award_ix").on(t.awardId),
    uniqueIndex("ledger_transactions_request_uq")
      .on(t.requestId)
      .where(sql`request_id is not null and event not like 'year.%'`),
    index("ledger_transactions_day_ix").on(t.eventOn, t.seq),
    // A verb, a uuid or a plain word, and at most a count: what is no uuid holds no run of digits, however split, long
    // enough for an account, identity or telephone number (invariant 17).
    check(
      "ledger_transactions_key_ck",
      sql`${t.idempotencyKey} ~ '^[a-z_.]+:[a-z0-9-]{1,64}(:[0-9]{1,4})?$' and (${t.idempotencyKey} ~ '^[a-z_.]+:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(:[0-9]{1,4})?$' or regexp_replace(${t.idempotencyKey}, '[-:._]', '', 'g') !~ '[0-9]{11}')`,
    ),
    check(
      "ledger_transactions_correction_ck",
      sql`(${t.event} = 'correction') = (${t.correctsId} is not null)`,
    ),
  ],
);

/** One debit and one credit of one amount. Append-only. */
export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    id: uuid("id").primaryKey(),
    // Of a posting that is there, as what moves the balances asks (ledger_entries_transaction); it is never deleted.
    transactionId: uuid("transaction_id").notNull(),
    line: integer("line").notNull(),
    // Accounts are there by their balances, which every entry moves (ledger_entries_accounts); they are never deleted.
    debitAccountId: uuid("debit_account_id").notNull(),
    creditAccountId: uuid("credit_account_id").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
  },
  (t) => [
    unique("ledger_entries_line_uq").on(t.transactionId, t.line),
    index("ledger_entries_debit_ix").on(t.debitAccountId),
    index("ledger_entries_credit_ix").on(t.creditAccountId),
    check("ledger_entries_amount_ck", sql`${t.amountFen} > 0`),
    check("ledger_entries_sides_ck", sql`${t.debitAccountId} <> ${t.creditAccountId}`),
  ],
);

/**
 * 会计凭证号: gapless per year, given in a batch right after commit, beside the signed bytes, so that posting
 * does not queue on one row (invariant 14).
 */
export const voucherNumbers = pgTable(
  "voucher_numbers",
  {
    fiscalYear: integer("fiscal_year").notNull(),
    number: integer("number").notNull(),
    transactionId: uuid("transaction_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "voucher_numbers_pk", columns: [t.fiscalYear, t.number] }),
    foreignKey({
      name: "voucher_numbers_transaction_fk",
      columns: [t.transactionId],
      foreignColumns: [ledgerTransactions.id],
    }).onDelete("restrict"),
    unique("voucher_numbers_transaction_uq").on(t.transactionId),
    check("voucher_numbers_positive_ck", sql`${t.number} > 0`),
  ],
);

/** Postings still waiting for their number; kept by triggers, so that numbering never searches the whole journal. */
export const voucherQueue = pgTable("voucher_queue", {
  // Of a posting that is there, as the judge of that very posting is the only one who writes here: no foreign key.
  transactionId: uuid("transaction_id").primaryKey(),
  /** The state its award was in when both were judged. */
  judgedStatus: text("judged_status"),
});
