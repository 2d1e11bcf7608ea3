import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { ledgerTransactions } from "./ledger";
import { awards } from "./rewards";
import { staff } from "./staff";

/**
 * A payment of an award as the cashier recorded it. One live payout an award (invariant 7); the reference is the
 * bank's, and its shape leaves no room for a name or an account number (invariant 17).
 */
export const payouts = pgTable(
  "payouts",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    kind: text("kind").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    paidOn: date("paid_on").notNull(),
    reference: text("reference").notNull(),
    status: text("status").notNull(),
    transactionId: uuid("transaction_id").notNull(),
    cashierId: uuid("cashier_id").notNull(),
    recordedAt: instant("recorded_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({ name: "payouts_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "payouts_transaction_fk",
      columns: [t.transactionId],
      foreignColumns: [ledgerTransactions.id],
    }).onDelete("restrict"),
    foreignKey({ name: "payouts_cashier_fk", columns: [t.cashierId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("payouts_live_uq")
      .on(t.awardId)
      .where(sql`status = 'live'`),
    uniqueIndex("payouts_reference_uq").on(t.reference),
    unique("payouts_transaction_uq").on(t.transactionId),
    index("payouts_award_ix").on(t.awardId),
    check("payouts_kind_ck", sql`${t.kind} in ('transfer','window')`),
    check("payouts_status_ck", sql`${t.status} in ('live','bounced')`),
    check("payouts_amount_ck", sql`${t.amountFen} > 0`),
    check(
      "payouts_reference_ck",
      sql`${t.reference} ~ '^[A-Z]{2}[A-Z0-9-]{4,30}$' and ${t.reference} !~ '[0-9]{15}'`,
    ),
    // Nor do dashes hide a card or identity number, and an eleven-digit mobile number is none of the bank's.
    check(
      "payouts_reference_plain_ck",
      sql`replace(${t.reference}, '-', '') !~ '[0-9]{15}' and ${t.reference} !~ '(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)'`,
    ),
  ],
);
