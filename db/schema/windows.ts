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
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { funds, ledgerTransactions } from "./ledger";
import { awards } from "./rewards";
import { staff } from "./staff";

/** 领奖窗口: where an award is paid in cash. Set up by two people; public once it is open. */
export const payWindows = pgTable(
  "pay_windows",
  {
    id: uuid("id").primaryKey(),
    fundId: uuid("fund_id").notNull(),
    /** Two capital letters before the numbers of its slips. */
    code: text("code").notNull(),
    nameZh: text("name_zh").notNull(),
    nameEn: text("name_en").notNull(),
    addressZh: text("address_zh").notNull(),
    addressEn: text("address_en").notNull(),
    hoursZh: text("hours_zh").notNull(),
    hoursEn: text("hours_en").notNull(),
    status: text("status").notNull(),
    proposedBy: uuid("proposed_by").notNull(),
    proposedAt: instant("proposed_at").notNull(),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    closedBy: uuid("closed_by"),
    closedAt: instant("closed_at"),
  },
  (t) => [
    foreignKey({ name: "pay_windows_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "pay_windows_proposer_fk",
      columns: [t.proposedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "pay_windows_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({ name: "pay_windows_closer_fk", columns: [t.closedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    unique("pay_windows_code_uq").on(t.code),
    index("pay_windows_fund_ix").on(t.fundId),
    check("pay_windows_code_ck", sql`${t.code} ~ '^[A-Z]{2}$'`),
    check("pay_windows_status_ck", sql`${t.status} in ('proposed','open','refused','closed')`),
    check(
      "pay_windows_decided_ck",
      sql`(${t.status} = 'proposed') = (${t.decidedBy} is null) and (${t.decidedBy} is null) = (${t.decidedAt} is null)`,
    ),
    check("pay_windows_two_ck", sql`${t.decidedBy} is distinct from ${t.proposedBy}`),
    check(
      "pay_windows_closed_ck",
      sql`(${t.status} = 'closed') = (${t.closedBy} is not null) and (${t.closedBy} is null) = (${t.closedAt} is null)`,
    ),
    check(
      "pay_windows_words_ck",
      sql`char_length(${t.nameZh}) between 2 and 60 and char_length(${t.nameEn}) between 2 and 80 and char_length(${t.addressZh}) between 4 and 120 and char_length(${t.addressEn}) between 4 and 160 and char_length(${t.hoursZh}) between 4 and 80 and char_length(${t.hoursEn}) between 4 and 80`,
    ),
  ],
);

/** Wrong codes typed at a window: they slow it down, and after some it stays shut until somebody unlocks it by name. */
export const windowGuards = pgTable(
  "window_guards",
  {
    windowId: uuid("window_id").primaryKey(),
    /** Wrong codes in a row. */
    wrong: integer("wrong").notNull().default(0),
    lastWrongAt: instant("last_wrong_at"),
    lockedAt: instant("locked_at"),
    unlockedBy: uuid("unlocked_by"),
    unlockedAt: instant("unlocked_at"),
  },
  (t) => [
    foreignKey({
      name: "window_guards_window_fk",
      columns: [t.windowId],
      foreignColumns: [payWindows.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_guards_unlocker_fk",
      columns: [t.unlockedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    check("window_guards_wrong_ck", sql`${t.wrong} >= 0`),
  ],
);

/**
 * Cash in and out of one window, each beside its posting (the ledger has one `window_cash` account a fund; this says
 * which window holds how much of it). 分; into the window positive, out of it negative. Append-only.
 */
export const windowMovements = pgTable(
  "window_movements",
  {
    id: uuid("id").primaryKey(),
    windowId: uuid("window_id").notNull(),
    day: date("day").notNull(),
    kind: text("kind").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    transactionId: uuid("transaction_id").notNull(),
    awardId: uuid("award_id"),
    /** 付款凭单 number; the payout's reference. */
    slip: text("slip"),
    /** What the slip calls the informant. */
    codeName: text("code_name"),
    staffId: uuid("staff_id").notNull(),
    recordedAt: instant("recorded_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({
      name: "window_movements_window_fk",
      columns: [t.windowId],
      foreignColumns: [payWindows.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_movements_transaction_fk",
      columns: [t.transactionId],
      foreignColumns: [ledgerTransactions.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_movements_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_movements_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("window_movements_transaction_uq").on(t.transactionId),
    unique("window_movements_slip_uq").on(t.slip),
    index("window_movements_day_ix").on(t.windowId, t.day),
    check("window_movements_kind_ck", sql`${t.kind} in ('top_up','return','payment')`),
    check(
      "window_movements_sign_ck",
      sql`case when ${t.kind} = 'top_up' then ${t.amountFen} > 0 else ${t.amountFen} < 0 end`,
    ),
    check(
      "window_movements_payment_ck",
      sql`(${t.kind} = 'payment') = (${t.awardId} is not null) and (${t.kind} = 'payment') = (${t.slip} is not null) and (${t.kind} = 'payment') = (${t.codeName} is not null)`,
    ),
    check("window_movements_slip_ck", sql`${t.slip} ~ '^[A-Z]{2}[0-9]{8}-[0-9]{4}$'`),
  ],
);

/** 日结: what was counted in a window's box at the end of a day against its book. From then nothing is dated in it. */
export const windowDays = pgTable(
  "window_days",
  {
    windowId: uuid("window_id").notNull(),
    day: date("day").notNull(),
    countedFen: bigint("counted_fen", { mode: "bigint" }).notNull(),
    bookFen: bigint("book_fen", { mode: "bigint" }).notNull(),
    /** Of a difference: how it came about. */
    explanation: text("explanation"),
    status: text("status").notNull(),
    countedBy: uuid("counted_by").notNull(),
    countedAt: instant("counted_at").notNull(),
    agreedBy: uuid("agreed_by"),
    agreedAt: instant("agreed_at"),
  },
  (t) => [
    primaryKey({ name: "window_days_pk", columns: [t.windowId, t.day] }),
    foreignKey({
      name: "window_days_window_fk",
      columns: [t.windowId],
      foreignColumns: [payWindows.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_days_counter_fk",
      columns: [t.countedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "window_days_agreer_fk",
      columns: [t.agreedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    check("window_days_counted_ck", sql`${t.countedFen} >= 0`),
    check("window_days_status_ck", sql`${t.status} in ('counted','closed')`),
    check(
      "window_days_explained_ck",
      sql`${t.countedFen} = ${t.bookFen} or char_length(coalesce(${t.explanation}, '')) between 5 and 300`,
    ),
    check(
      "window_days_two_ck",
      sql`(${t.agreedBy} is null) = (${t.agreedAt} is null) and ${t.agreedBy} is distinct from ${t.countedBy} and (${t.status} = 'counted' or ${t.countedFen} = ${t.bookFen} or ${t.agreedBy} is not null)`,
    ),
    check(
      "window_days_plain_ck",
      sql`regexp_replace(${t.explanation}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
  ],
);
