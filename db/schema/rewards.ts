import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  date,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { findings } from "./findings";
import { tips } from "./intake";
import { leads } from "./leads";
import { budgets } from "./ledger";
import { schemes } from "./packs";
import { passkeys, staff, staffRoles } from "./staff";

/**
 * One computation for one lead and stage: the whole amount, its inputs and every step, so that it can be
 * recomputed bit for bit (invariant 12). Its awards are the shares and sum to it exactly (invariant 8).
 */
export const rewardPools = pgTable(
  "reward_pools",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    findingId: uuid("finding_id").notNull(),
    packId: text("pack_id").notNull(),
    stage: text("stage").notNull(),
    version: integer("version").notNull(),
    supersedesId: uuid("supersedes_id"),
    status: text("status").notNull(),
    schemeId: text("scheme_id").notNull(),
    schemeVersion: text("scheme_version").notNull(),
    caseInput: jsonb("case_input").notNull(),
    computation: jsonb("computation").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    currency: text("currency").notNull().default("CNY"),
    /** Where the scheme asks for finance to be consulted: the reply's document number. */
    consultationRef: text("consultation_ref"),
    /** SHA-256 of what it was judged by (`assessment_records`); null for computations from before questions were asked. */
    recordHash: bytea("record_hash"),
    computedBy: uuid("computed_by").notNull(),
    computedAt: instant("computed_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({ name: "reward_pools_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "reward_pools_finding_fk",
      columns: [t.findingId],
      foreignColumns: [findings.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "reward_pools_scheme_fk",
      columns: [t.schemeId, t.schemeVersion],
      foreignColumns: [schemes.schemeId, schemes.version],
    }).onDelete("restrict"),
    foreignKey({
      name: "reward_pools_supersedes_fk",
      columns: [t.supersedesId],
      foreignColumns: [t.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "reward_pools_staff_fk",
      columns: [t.computedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("reward_pools_live_uq")
      .on(t.leadId, t.stage)
      .where(sql`status = 'live'`),
    uniqueIndex("reward_pools_version_uq").on(t.leadId, t.stage, t.version),
    check("reward_pools_status_ck", sql`${t.status} in ('live','superseded')`),
    check("reward_pools_stage_ck", sql`${t.stage} in ('interim','final','supplement')`),
    check("reward_pools_amount_ck", sql`${t.amountFen} >= 0`),
    check(
      "reward_pools_computation_ck",
      sql`coalesce(${t.computation} ->> 'award' = ${t.amountFen}::text and ${t.computation} ->> 'currency' = ${t.currency} and ${t.computation} -> 'scheme' ->> 'id' = ${t.schemeId} and ${t.computation} -> 'scheme' ->> 'version' = ${t.schemeVersion}, false)`,
    ),
    // A document number has letters and short groups of digits; a name or an account has no place here (invariant 17).
    check(
      "reward_pools_consultation_ck",
      sql`${t.consultationRef} is null or (char_length(${t.consultationRef}) between 3 and 60 and ${t.consultationRef} !~ '[0-9]{11}')`,
    ),
  ],
);

/** One informant's share (奖励). Staff see its code name and amount, never a name. */
export const awards = pgTable(
  "awards",
  {
    id: uuid("id").primaryKey(),
    poolId: uuid("pool_id").notNull(),
    leadId: uuid("lead_id").notNull(),
    tipId: uuid("tip_id").notNull(),
    stage: text("stage").notNull(),
    version: integer("version").notNull(),
    supersedesId: uuid("supersedes_id"),
    /** What approvers and cashiers call the informant. Random, tells nothing. */
    codeName: text("code_name").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    budgetId: uuid("budget_id").notNull(),
    status: text("status").notNull(),
    /** The informant's own act: a date only. */
    acceptedOn: date("accepted_on"),
  },
  (t) => [
    foreignKey({ name: "awards_pool_fk", columns: [t.poolId], foreignColumns: [rewardPools.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "awards_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "awards_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete("restrict"),
    foreignKey({ name: "awards_budget_fk", columns: [t.budgetId], foreignColumns: [budgets.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "awards_supersedes_fk", columns: [t.supersedesId], foreignColumns: [t.id] }).onDelete(
      "restrict",
    ),
    unique("awards_code_uq").on(t.codeName),
    uniqueIndex("awards_live_uq")
      .on(t.leadId, t.tipId, t.stage)
      .where(sql`status not in ('rejected','superseded','revoked','lapsed')`),
    unique("awards_pool_tip_uq").on(t.poolId, t.tipId),
    index("awards_tip_ix").on(t.tipId),
    index("awards_queue_ix").on(t.status, t.id),
    check("awards_amount_ck", sql`${t.amountFen} > 0`),
    check("awards_code_ck", sql`${t.codeName} ~ '^[A-Z0-9]{4}-[A-Z0-9]{4}$'`),
    check(
      "awards_status_ck",
      sql`${t.status} in ('drafted','prepared','reviewed','approved','accepted','posted','paid','rejected','superseded','revoked','lapsed')`,
    ),
    check(
      "awards_accepted_ck",
      sql`${t.status} not in ('accepted','posted','paid') or ${t.acceptedOn} is not null`,
    ),
  ],
);

/** The bytes people sign: canonical JSON of the award, and its SHA-256. Written once with the award. */
export const vouchers = pgTable(
  "vouchers",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    body: text("body").notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [
    foreignKey({ name: "vouchers_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    unique("vouchers_award_uq").on(t.awardId),
    check("vouchers_hash_ck", sql`${t.hash} = sha256(convert_to(${t.body}, 'UTF8'))`),
  ],
);

/**
 * One signed act on a voucher (invariants 9 and 10). Holds all that is needed to verify it offline: the signed
 * bytes, the WebAuthn assertion, and the public key and role grant as they were.
 */
export const approvalSteps = pgTable(
  "approval_steps",
  {
    id: uuid("id").primaryKey(),
    voucherId: uuid("voucher_id").notNull(),
    position: integer("position").notNull(),
    action: text("action").notNull(),
    actorId: uuid("actor_id").notNull(),
    roleGrantId: uuid("role_grant_id").notNull(),
    roleGrantSnapshot: jsonb("role_grant_snapshot").notNull(),
    /** Whose deputy signed, and until when: a row of approval_delegations; null for the grant's own holder. */
    delegationId: uuid("delegation_id"),
    passkeyId: uuid("passkey_id").notNull(),
    credentialId: text("credential_id").notNull(),
    publicKey: bytea("public_key").notNull(),
    nonce: text("nonce").notNull(),
    previousHash: bytea("previous_hash"),
    /** Canonical `{action, voucherHash, previousApprovalHash, actor, nonce}`. */
    signedBody: text("signed_body").notNull(),
    /** SHA-256 of signed_body: the WebAuthn challenge, and the next step's previousApprovalHash. */
    hash: bytea("hash").notNull(),
    authenticatorData: bytea("authenticator_data").notNull(),
    clientDataJson: bytea("client_data_json").notNull(),
    signature: bytea("signature").notNull(),
    rpId: text("rp_id").notNull(),
    origin: text("origin").notNull(),
    reason: text("reason"),
    signedAt: instant("signed_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({
      name: "approval_steps_voucher_fk",
      columns: [t.voucherId],
      foreignColumns: [vouchers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_steps_actor_fk",
      columns: [t.actorId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_steps_grant_fk",
      columns: [t.roleGrantId],
      foreignColumns: [staffRoles.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "approval_steps_passkey_fk",
      columns: [t.passkeyId],
      foreignColumns: [passkeys.id],
    }).onDelete("restrict"),
    unique("approval_steps_position_uq").on(t.voucherId, t.position),
    unique("approval_steps_actor_uq").on(t.voucherId, t.actorId),
    unique("approval_steps_nonce_uq").on(t.nonce),
    check("approval_steps_action_ck", sql`${t.action} in ('prepare','review','approve','reject')`),
    check("approval_steps_hash_ck", sql`${t.hash} = sha256(convert_to(${t.signedBody}, 'UTF8'))`),
    check("approval_steps_first_ck", sql`(${t.position} = 1) = (${t.previousHash} is null)`),
    check("approval_steps_reason_ck", sql`(${t.action} = 'reject') = (${t.reason} is not null)`),
    // The five signed fields have none for the reason of a rejection nor for whom a deputy signs: the nonce carries
    // their hashes.
    check(
      "approval_steps_signed_reason_ck",
      sql`${t.nonce} ~ ('^[A-Za-z0-9_-]{22,64}' || case when ${t.action} = 'reject' then '[.]' || encode(sha256(convert_to(${t.reason}, 'UTF8')), 'hex') else '' end || case when ${t.delegationId} is null then '$' else '~[0-9a-f]{64}$' end)`,
    ),
  ],
);
