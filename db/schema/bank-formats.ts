import { sql } from "drizzle-orm";
import { check, foreignKey, index, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { staff } from "./staff";

/**
 * How the office's bank wants its files, on its way into force: written by one administrator, asked for with a reason,
 * agreed to by another (as scheme_proposals). The one agreed to last is in force; every other is kept.
 */
export const formatProposals = pgTable(
  "format_proposals",
  {
    id: uuid("id").primaryKey(),
    /** 1, 2, 3 … in the order they were written. */
    version: text("version").notNull(),
    sha256: text("sha256").notNull(),
    content: jsonb("content").notNull(),
    broughtBy: uuid("brought_by").notNull(),
    broughtAt: instant("brought_at").notNull(),
    requestedBy: uuid("requested_by"),
    requestedAt: instant("requested_at"),
    reason: text("reason"),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    /** Why it was refused or taken back. */
    answer: text("answer"),
  },
  (t) => [
    foreignKey({
      name: "format_proposals_bringer_fk",
      columns: [t.broughtBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "format_proposals_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "format_proposals_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("format_proposals_version_uq").on(t.version),
    uniqueIndex("format_proposals_open_uq")
      .on(sql`(true)`)
      .where(sql`outcome is null`),
    index("format_proposals_brought_ix").on(t.broughtAt),
    check(
      "format_proposals_requested_ck",
      sql`(${t.requestedBy} is null) = (${t.requestedAt} is null) and (${t.requestedBy} is null) = (${t.reason} is null)`,
    ),
    check(
      "format_proposals_reason_ck",
      sql`${t.reason} is null or char_length(${t.reason}) between 2 and 300`,
    ),
    check(
      "format_proposals_answer_ck",
      sql`${t.answer} is null or char_length(${t.answer}) between 2 and 300`,
    ),
    check(
      "format_proposals_outcome_ck",
      sql`${t.outcome} is null or ${t.outcome} in ('agreed','refused','withdrawn')`,
    ),
    check(
      "format_proposals_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedAt} is null) and (${t.outcome} is null) = (${t.decidedBy} is null)`,
    ),
    check(
      "format_proposals_two_ck",
      sql`${t.outcome} is distinct from 'agreed' or ${t.requestedBy} is not null and ${t.decidedBy} <> ${t.requestedBy}`,
    ),
  ],
);
