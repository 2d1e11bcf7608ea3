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
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { leads } from "./leads";
import { staff } from "./staff";

const fen = (name: string) => bigint(name, { mode: "bigint" });

/**
 * A finding (认定): the entity's class and the verified amounts in 分, with the decision document they rest on.
 * One officer records, another verifies; a verified finding is replaced by a later version, never edited.
 */
export const findings = pgTable(
  "findings",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    version: integer("version").notNull(),
    supersedesId: uuid("supersedes_id"),
    status: text("status").notNull(),
    entityClass: text("entity_class").notNull(),
    /** 违法违规经营数额 */
    illegalAmountFen: fen("illegal_amount_fen"),
    /** 罚没款 */
    penaltyFen: fen("penalty_fen"),
    /** 违法所得 */
    illegalGainsFen: fen("illegal_gains_fen"),
    /** 已入库 */
    collectedFen: fen("collected_fen"),
    /** 集资金额 */
    fundraisingFen: fen("fundraising_fen"),
    /** 货值金额 */
    goodsFen: fen("goods_fen"),
    /** 追回数额 */
    recoveredFen: fen("recovered_fen"),
    /** 责令缴纳、退还的数额 */
    orderedFen: fen("ordered_fen"),
    decisionNumber: text("decision_number").notNull(),
    decidedOn: date("decided_on").notNull(),
    isFinal: boolean("is_final").notNull(),
    recordedBy: uuid("recorded_by").notNull(),
    recordedAt: instant("recorded_at")
      .notNull()
      .default(sql`now()`),
    verifiedBy: uuid("verified_by"),
    verifiedAt: instant("verified_at"),
    rejectedReason: text("rejected_reason"),
  },
  (t) => [
    foreignKey({ name: "findings_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "findings_supersedes_fk",
      columns: [t.supersedesId],
      foreignColumns: [t.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "findings_recorder_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "findings_verifier_fk",
      columns: [t.verifiedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("findings_lead_ix").on(t.leadId, t.version),
    uniqueIndex("findings_version_uq").on(t.leadId, t.version),
    uniqueIndex("findings_live_uq")
      .on(t.leadId)
      .where(sql`status in ('recorded','verified')`),
    check("findings_status_ck", sql`${t.status} in ('recorded','verified','rejected','superseded')`),
    check("findings_class_ck", sql`${t.entityClass} in ('compliant','rectify','ban')`),
    check("findings_two_people_ck", sql`${t.verifiedBy} is null or ${t.verifiedBy} <> ${t.recordedBy}`),
    check(
      "findings_verified_ck",
      sql`${t.status} <> 'verified' or (${t.verifiedBy} is not null and ${t.verifiedAt} is not null)`,
    ),
    check(
      "findings_amounts_ck",
      sql`coalesce(${t.illegalAmountFen}, 0) >= 0 and coalesce(${t.penaltyFen}, 0) >= 0 and coalesce(${t.illegalGainsFen}, 0) >= 0 and coalesce(${t.collectedFen}, 0) >= 0`,
    ),
    check(
      "findings_more_amounts_ck",
      sql`coalesce(${t.fundraisingFen}, 0) >= 0 and coalesce(${t.goodsFen}, 0) >= 0 and coalesce(${t.recoveredFen}, 0) >= 0 and coalesce(${t.orderedFen}, 0) >= 0`,
    ),
  ],
);
