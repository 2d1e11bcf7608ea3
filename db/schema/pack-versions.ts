import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { packs } from "./packs";
import { staff } from "./staff";

/**
 * A changed pack, or a further one, on its way into force: brought (uploaded, or found changed in the data folder at a
 * start), asked for by one administrator with a reason, agreed to by another. Kept whatever became of it.
 */
export const packProposals = pgTable(
  "pack_proposals",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    version: text("version").notNull(),
    sha256: text("sha256").notNull(),
    content: jsonb("content").notNull(),
    /** The pack above it, for a further pack of this portal (a city's below its province's). */
    parentId: text("parent_id"),
    source: text("source").notNull(),
    /** null where a start found it in the data folder. */
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
      name: "pack_proposals_bringer_fk",
      columns: [t.broughtBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "pack_proposals_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "pack_proposals_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("pack_proposals_open_uq")
      .on(t.packId)
      .where(sql`outcome is null`),
    index("pack_proposals_brought_ix").on(t.broughtAt),
    check("pack_proposals_source_ck", sql`${t.source} in ('folder','upload')`),
    check("pack_proposals_bringer_ck", sql`(${t.source} = 'upload') = (${t.broughtBy} is not null)`),
    check(
      "pack_proposals_requested_ck",
      sql`(${t.requestedBy} is null) = (${t.requestedAt} is null) and (${t.requestedBy} is null) = (${t.reason} is null)`,
    ),
    check("pack_proposals_reason_ck", sql`${t.reason} is null or char_length(${t.reason}) between 2 and 300`),
    check("pack_proposals_answer_ck", sql`${t.answer} is null or char_length(${t.answer}) between 2 and 300`),
    check(
      "pack_proposals_outcome_ck",
      sql`${t.outcome} is null or ${t.outcome} in ('agreed','refused','withdrawn','replaced')`,
    ),
    check(
      "pack_proposals_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedAt} is null) and (coalesce(${t.outcome}, 'replaced') = 'replaced') = (${t.decidedBy} is null)`,
    ),
    check(
      "pack_proposals_two_ck",
      sql`${t.outcome} is distinct from 'agreed' or ${t.requestedBy} is not null and ${t.decidedBy} <> ${t.requestedBy}`,
    ),
  ],
);

/** Which version of a pack is in force since when: the latest row of a pack counts. `seq` tells servers that one came. */
export const packEffects = pgTable(
  "pack_effects",
  {
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity().notNull(),
    packId: text("pack_id").notNull(),
    version: text("version").notNull(),
    /** null for the first version of a pack, which an empty database takes at once. */
    proposalId: uuid("proposal_id"),
    effectiveAt: instant("effective_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "pack_effects_pk", columns: [t.seq] }),
    unique("pack_effects_proposal_uq").on(t.proposalId),
    foreignKey({
      name: "pack_effects_pack_fk",
      columns: [t.packId, t.version],
      foreignColumns: [packs.packId, packs.version],
    }).onDelete("restrict"),
    foreignKey({
      name: "pack_effects_proposal_fk",
      columns: [t.proposalId],
      foreignColumns: [packProposals.id],
    }).onDelete("restrict"),
    index("pack_effects_pack_ix").on(t.packId, t.seq),
  ],
);

/** The packs one portal holds: its home pack, and those below or beside it with the pack above them. */
export const portalPacks = pgTable(
  "portal_packs",
  {
    packId: text("pack_id").notNull(),
    parentId: text("parent_id"),
    joinedAt: instant("joined_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "portal_packs_pk", columns: [t.packId] }),
    foreignKey({
      name: "portal_packs_parent_fk",
      columns: [t.parentId],
      foreignColumns: [t.packId],
    }).onDelete("restrict"),
    check("portal_packs_parent_ck", sql`${t.parentId} is distinct from ${t.packId}`),
  ],
);
