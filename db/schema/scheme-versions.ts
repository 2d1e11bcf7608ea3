import { sql } from "drizzle-orm";
import { check, date, foreignKey, index, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { staff } from "./staff";

/**
 * A version of a reward scheme on its way into force: uploaded by one administrator, asked for with a reason, agreed to
 * by another (as pack_proposals). Kept whatever became of it; only what is agreed to reaches `schemes`.
 */
export const schemeProposals = pgTable(
  "scheme_proposals",
  {
    id: uuid("id").primaryKey(),
    schemeId: text("scheme_id").notNull(),
    version: text("version").notNull(),
    /** Schemes that follow each other share a line; one waits at a time. */
    line: text("line").notNull(),
    sha256: text("sha256").notNull(),
    content: jsonb("content").notNull(),
    effectiveFrom: date("effective_from").notNull(),
    source: text("source").notNull(),
    /** null where a start found it in the release. */
    broughtBy: uuid("brought_by"),
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
      name: "scheme_proposals_bringer_fk",
      columns: [t.broughtBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "scheme_proposals_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "scheme_proposals_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("scheme_proposals_open_uq")
      .on(t.line)
      .where(sql`outcome is null`),
    index("scheme_proposals_brought_ix").on(t.broughtAt),
    check("scheme_proposals_source_ck", sql`${t.source} in ('release','upload')`),
    check("scheme_proposals_bringer_ck", sql`(${t.source} = 'upload') = (${t.broughtBy} is not null)`),
    check(
      "scheme_proposals_requested_ck",
      sql`(${t.requestedBy} is null) = (${t.requestedAt} is null) and (${t.requestedBy} is null) = (${t.reason} is null)`,
    ),
    check(
      "scheme_proposals_reason_ck",
      sql`${t.reason} is null or char_length(${t.reason}) between 2 and 300`,
    ),
    check(
      "scheme_proposals_answer_ck",
      sql`${t.answer} is null or char_length(${t.answer}) between 2 and 300`,
    ),
    check(
      "scheme_proposals_outcome_ck",
      sql`${t.outcome} is null or ${t.outcome} in ('agreed','refused','withdrawn')`,
    ),
    check(
      "scheme_proposals_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedAt} is null) and (${t.outcome} is null) = (${t.decidedBy} is null)`,
    ),
    check(
      "scheme_proposals_two_ck",
      sql`${t.outcome} is distinct from 'agreed' or ${t.requestedBy} is not null and ${t.decidedBy} <> ${t.requestedBy}`,
    ),
  ],
);
