import { sql } from "drizzle-orm";
import {
  check,
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
import { passkeys, staff } from "./staff";

/**
 * Public halves of the keys tips are sealed to, one live key a slot (triage, the officers of an agency, a side of
 * the identity vault …). The private halves are born in staff browsers and never reach the server. A new epoch is a
 * new row: the old one stays for what was sealed to it.
 */
export const roleKeys = pgTable(
  "role_keys",
  {
    id: uuid("id").primaryKey(),
    slot: text("slot").notNull(),
    epoch: integer("epoch").notNull(),
    publicKey: bytea("public_key").notNull(),
    /** null for the recovery key, which is made on a machine of its own, and for the demo's keys. */
    madeBy: uuid("made_by"),
    madeAt: instant("made_at")
      .notNull()
      .default(sql`now()`),
    /** Set when a member left: what they once held should no longer be what new tips are sealed to. */
    rotationDueSince: instant("rotation_due_since"),
    retiredAt: instant("retired_at"),
  },
  (t) => [
    unique("role_keys_epoch_uq").on(t.slot, t.epoch),
    uniqueIndex("role_keys_live_uq")
      .on(t.slot)
      .where(sql`retired_at is null`),
    foreignKey({ name: "role_keys_maker_fk", columns: [t.madeBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    check("role_keys_public_ck", sql`octet_length(${t.publicKey}) = 32`),
    check("role_keys_epoch_ck", sql`${t.epoch} >= 1`),
    check(
      "role_keys_slot_ck",
      sql`${t.slot} in ('triage','notice_desk','custodian_a','custodian_b','approver','cashier','recovery') or ${t.slot} like 'agency:%'`,
    ),
  ],
);

/** Each member's own key pair, born in their browser; role keys are sealed to its public half. */
export const personalKeys = pgTable(
  "personal_keys",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    publicKey: bytea("public_key").notNull(),
    madeAt: instant("made_at")
      .notNull()
      .default(sql`now()`),
    retiredAt: instant("retired_at"),
  },
  (t) => [
    uniqueIndex("personal_keys_live_uq")
      .on(t.staffId)
      .where(sql`retired_at is null`),
    index("personal_keys_staff_ix").on(t.staffId),
    foreignKey({
      name: "personal_keys_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    check("personal_keys_public_ck", sql`octet_length(${t.publicKey}) = 32`),
  ],
);

/** A personal private key under what only its owner has: a passkey's PRF output, or the 24-word recovery code. */
export const personalKeyWraps = pgTable(
  "personal_key_wraps",
  {
    id: uuid("id").primaryKey(),
    personalKeyId: uuid("personal_key_id").notNull(),
    method: text("method").notNull(),
    passkeyId: uuid("passkey_id"),
    /** HKDF salt. */
    salt: bytea("salt").notNull(),
    /** AES-256-GCM: nonce ‖ ciphertext ‖ tag. */
    body: bytea("body").notNull(),
    madeAt: instant("made_at")
      .notNull()
      .default(sql`now()`),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    foreignKey({
      name: "personal_key_wraps_key_fk",
      columns: [t.personalKeyId],
      foreignColumns: [personalKeys.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "personal_key_wraps_passkey_fk",
      columns: [t.passkeyId],
      foreignColumns: [passkeys.id],
    }).onDelete("restrict"),
    index("personal_key_wraps_key_ix").on(t.personalKeyId),
    check("personal_key_wraps_method_ck", sql`${t.method} in ('passkey','recovery_code','demo_passphrase')`),
    check("personal_key_wraps_passkey_ck", sql`(${t.method} = 'passkey') = (${t.passkeyId} is not null)`),
    uniqueIndex("personal_key_wraps_passkey_uq")
      .on(t.personalKeyId, t.passkeyId)
      .where(sql`revoked_at is null and passkey_id is not null`),
    uniqueIndex("personal_key_wraps_code_uq")
      .on(t.personalKeyId, t.method)
      .where(sql`revoked_at is null and passkey_id is null`),
  ],
);

/**
 * A role's private key sealed (HPKE) to one member's personal key, or to the recovery key: who can open what a role
 * reads, since when, and who let them.
 */
export const keyGrants = pgTable(
  "key_grants",
  {
    id: uuid("id").primaryKey(),
    roleKeyId: uuid("role_key_id").notNull(),
    personalKeyId: uuid("personal_key_id"),
    recoveryKeyId: uuid("recovery_key_id"),
    enc: bytea("enc").notNull(),
    body: bytea("body").notNull(),
    grantedBy: uuid("granted_by"),
    grantedAt: instant("granted_at")
      .notNull()
      .default(sql`now()`),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    foreignKey({
      name: "key_grants_role_key_fk",
      columns: [t.roleKeyId],
      foreignColumns: [roleKeys.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "key_grants_personal_key_fk",
      columns: [t.personalKeyId],
      foreignColumns: [personalKeys.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "key_grants_recovery_key_fk",
      columns: [t.recoveryKeyId],
      foreignColumns: [roleKeys.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "key_grants_granter_fk",
      columns: [t.grantedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("key_grants_person_uq")
      .on(t.roleKeyId, t.personalKeyId)
      .where(sql`revoked_at is null and personal_key_id is not null`),
    uniqueIndex("key_grants_recovery_uq")
      .on(t.roleKeyId, t.recoveryKeyId)
      .where(sql`revoked_at is null and recovery_key_id is not null`),
    check("key_grants_to_ck", sql`(${t.personalKeyId} is null) <> (${t.recoveryKeyId} is null)`),
    check("key_grants_enc_ck", sql`octet_length(${t.enc}) = 32 and octet_length(${t.body}) = 48`),
  ],
);

/**
 * The recovery key's public half as one administrator brought it from the machine it was made on. It is no key yet:
 * another administrator compares its fingerprint with what that machine printed, and confirms or refuses it.
 */
export const recoveryKeyRequests = pgTable(
  "recovery_key_requests",
  {
    /** The role key's id once it is confirmed. */
    id: uuid("id").primaryKey(),
    publicKey: bytea("public_key").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    requestedAt: instant("requested_at").notNull(),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    foreignKey({
      name: "recovery_key_requests_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "recovery_key_requests_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("recovery_key_requests_open_uq")
      .on(sql`(outcome is null)`)
      .where(sql`outcome is null`),
    check("recovery_key_requests_public_ck", sql`octet_length(${t.publicKey}) = 32`),
    check(
      "recovery_key_requests_outcome_ck",
      sql`${t.outcome} is null or ${t.outcome} in ('confirmed','refused')`,
    ),
    check(
      "recovery_key_requests_decided_ck",
      sql`(${t.outcome} is null) = (${t.decidedBy} is null) and (${t.outcome} is null) = (${t.decidedAt} is null)`,
    ),
    check(
      "recovery_key_requests_two_ck",
      sql`${t.outcome} is distinct from 'confirmed' or ${t.decidedBy} is distinct from ${t.requestedBy}`,
    ),
  ],
);
