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
import { awards, vouchers } from "./rewards";
import { passkeys, staff, staffRoles } from "./staff";

/**
 * 会签: the signature of a second approver, where the scheme's ladder asks for two. It is chained between the review and
 * the approval, and guarded as any signed act (invariants 9 to 11).
 */
export const countersignatures = pgTable(
  "countersignatures",
  {
    id: uuid("id").primaryKey(),
    voucherId: uuid("voucher_id").notNull(),
    action: text("action").notNull(),
    actorId: uuid("actor_id").notNull(),
    roleGrantId: uuid("role_grant_id").notNull(),
    roleGrantSnapshot: jsonb("role_grant_snapshot").notNull(),
    delegationId: uuid("delegation_id"),
    passkeyId: uuid("passkey_id").notNull(),
    credentialId: text("credential_id").notNull(),
    publicKey: bytea("public_key").notNull(),
    nonce: text("nonce").notNull(),
    previousHash: bytea("previous_hash").notNull(),
    signedBody: text("signed_body").notNull(),
    hash: bytea("hash").notNull(),
    authenticatorData: bytea("authenticator_data").notNull(),
    clientDataJson: bytea("client_data_json").notNull(),
    signature: bytea("signature").notNull(),
    rpId: text("rp_id").notNull(),
    origin: text("origin").notNull(),
    signedAt: instant("signed_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "countersignatures_voucher_fk",
      columns: [t.voucherId],
      foreignColumns: [vouchers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "countersignatures_actor_fk",
      columns: [t.actorId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "countersignatures_grant_fk",
      columns: [t.roleGrantId],
      foreignColumns: [staffRoles.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "countersignatures_delegation_fk",
      columns: [t.delegationId],
      foreignColumns: [approvalDelegations.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "countersignatures_passkey_fk",
      columns: [t.passkeyId],
      foreignColumns: [passkeys.id],
    }).onDelete("restrict"),
    unique("countersignatures_voucher_uq").on(t.voucherId),
    unique("countersignatures_nonce_uq").on(t.nonce),
    check("countersignatures_action_ck", sql`${t.action} = 'countersign'`),
    check("countersignatures_hash_ck", sql`${t.hash} = sha256(convert_to(${t.signedBody}, 'UTF8'))`),
    check(
      "countersignatures_nonce_ck",
      sql`${t.nonce} ~ ('^[A-Za-z0-9_-]{22,64}' || case when ${t.delegationId} is null then '$' else '~[0-9a-f]{64}$' end)`,
    ),
  ],
);

/**
 * Up to which amount an approver's grant reaches, in 分; null lifts an earlier limit. One administrator asks, another
 * gives; the latest that was given counts, and a grant without one has no limit.
 */
export const approvalLimits = pgTable(
  "approval_limits",
  {
    id: uuid("id").primaryKey(),
    roleGrantId: uuid("role_grant_id").notNull(),
    limitFen: bigint("limit_fen", { mode: "bigint" }),
    requestedBy: uuid("requested_by").notNull(),
    requestedAt: instant("requested_at").notNull(),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    foreignKey({
      name: "approval_limits_grant_fk",
      columns: [t.roleGrantId],
      foreignColumns: [staffRoles.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_limits_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_limits_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("approval_limits_open_uq")
      .on(t.roleGrantId)
      .where(sql`outcome is null`),
    check("approval_limits_amount_ck", sql`${t.limitFen} is null or ${t.limitFen} > 0`),
    check("approval_limits_outcome_ck", sql`${t.outcome} is null or ${t.outcome} in ('granted','refused')`),
    check(
      "approval_limits_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedBy} is null) and (${t.outcome} is null) = (${t.decidedAt} is null)`,
    ),
    check(
      "approval_limits_two_ck",
      sql`${t.outcome} is distinct from 'granted' or ${t.decidedBy} <> ${t.requestedBy}`,
    ),
  ],
);

/**
 * 挂起: an award that stands still until somebody else lifts the hold. It takes no signature but a rejection, no payment
 * and no lapse meanwhile.
 */
export const awardHolds = pgTable(
  "award_holds",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    reason: text("reason").notNull(),
    placedBy: uuid("placed_by").notNull(),
    placedAt: instant("placed_at").notNull(),
    liftReason: text("lift_reason"),
    liftedBy: uuid("lifted_by"),
    liftedAt: instant("lifted_at"),
  },
  (t) => [
    foreignKey({ name: "award_holds_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "award_holds_placer_fk",
      columns: [t.placedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_holds_lifter_fk",
      columns: [t.liftedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("award_holds_live_uq")
      .on(t.awardId)
      .where(sql`lifted_at is null`),
    check("award_holds_two_ck", sql`${t.liftedBy} <> ${t.placedBy}`),
    check(
      "award_holds_lifted_ck",
      sql`(${t.liftedAt} is null) = (${t.liftedBy} is null) and (${t.liftedAt} is null) = (${t.liftReason} is null)`,
    ),
    // No telephone, card or identity number is hidden in a reason, however it is split (invariant 17).
    check(
      "award_holds_reason_ck",
      sql`char_length(${t.reason}) between 5 and 300 and regexp_replace(${t.reason}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
    check(
      "award_holds_lift_reason_ck",
      sql`char_length(${t.liftReason}) between 5 and 300 and regexp_replace(${t.liftReason}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
  ],
);

/**
 * 代理: somebody signs for an absent holder of a grant, between two dates, once the deputy agreed. `body` are the
 * canonical words of it, and every signature under it carries their hash in its nonce.
 */
export const approvalDelegations = pgTable(
  "approval_delegations",
  {
    id: uuid("id").primaryKey(),
    /** The absent person's grant, of the role that is stood in for. */
    roleGrantId: uuid("role_grant_id").notNull(),
    ofStaff: uuid("of_staff").notNull(),
    deputyId: uuid("deputy_id").notNull(),
    /** Days of China's calendar, both included. */
    fromOn: date("from_on").notNull(),
    untilOn: date("until_on").notNull(),
    body: text("body").notNull(),
    hash: bytea("hash").notNull(),
    namedAt: instant("named_at").notNull(),
    acceptedAt: instant("accepted_at"),
    endedBy: uuid("ended_by"),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({
      name: "approval_delegations_grant_fk",
      columns: [t.roleGrantId],
      foreignColumns: [staffRoles.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_delegations_of_fk",
      columns: [t.ofStaff],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_delegations_deputy_fk",
      columns: [t.deputyId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_delegations_ender_fk",
      columns: [t.endedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    // One deputy at a time: two would make one person's signature two people's.
    uniqueIndex("approval_delegations_live_uq")
      .on(t.roleGrantId)
      .where(sql`ended_at is null`),
    index("approval_delegations_deputy_ix").on(t.deputyId),
    check("approval_delegations_apart_ck", sql`${t.deputyId} <> ${t.ofStaff}`),
    check("approval_delegations_days_ck", sql`${t.untilOn} between ${t.fromOn} and ${t.fromOn} + 92`),
    check("approval_delegations_hash_ck", sql`${t.hash} = sha256(convert_to(${t.body}, 'UTF8'))`),
    check("approval_delegations_ended_ck", sql`(${t.endedAt} is null) = (${t.endedBy} is null)`),
  ],
);

/** What somebody chose to sign in one go, as it stood then: later rows of another voucher or chain are skipped. */
export const approvalSets = pgTable(
  "approval_sets",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    madeAt: instant("made_at").notNull(),
  },
  (t) => [
    foreignKey({ name: "approval_sets_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    index("approval_sets_staff_ix").on(t.staffId, t.madeAt),
  ],
);

/** One chosen voucher, frozen by its hash and by the hash of the act its signature follows, and what became of it. */
export const approvalSetRows = pgTable(
  "approval_set_rows",
  {
    setId: uuid("set_id").notNull(),
    ordinal: integer("ordinal").notNull(),
    awardId: uuid("award_id").notNull(),
    action: text("action").notNull(),
    voucherHash: bytea("voucher_hash").notNull(),
    previousHash: bytea("previous_hash"),
    /** `signed`, or the code of what kept it from being signed; null until its turn came. */
    result: text("result"),
  },
  (t) => [
    primaryKey({ name: "approval_set_rows_pk", columns: [t.setId, t.ordinal] }),
    foreignKey({
      name: "approval_set_rows_set_fk",
      columns: [t.setId],
      foreignColumns: [approvalSets.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_set_rows_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    unique("approval_set_rows_award_uq").on(t.setId, t.awardId),
    check("approval_set_rows_ordinal_ck", sql`${t.ordinal} between 1 and 50`),
    check("approval_set_rows_action_ck", sql`${t.action} in ('prepare','review','countersign','approve')`),
    check("approval_set_rows_result_ck", sql`${t.result} ~ '^[a-z_]{3,40}$'`),
  ],
);
