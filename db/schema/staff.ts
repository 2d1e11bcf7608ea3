import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";

/** Bodies of a pack, with dated names and successors: the documents of 2016 name bodies since reorganised. */
export const agencies = pgTable(
  "agencies",
  {
    /** `<pack>.<slug>`, e.g. `jinhua.msa`. */
    id: text("id").primaryKey(),
    packId: text("pack_id").notNull(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    nameEn: text("name_en").notNull(),
    validFrom: date("valid_from"),
    validTo: date("valid_to"),
    successorId: text("successor_id"),
  },
  (t) => [
    unique("agencies_slug_uq").on(t.packId, t.slug),
    foreignKey({ name: "agencies_successor_fk", columns: [t.successorId], foreignColumns: [t.id] }).onDelete(
      "restrict",
    ),
  ],
);

/** A member of staff. Never deleted: what they did stays theirs. */
export const staff = pgTable(
  "staff",
  {
    id: uuid("id").primaryKey(),
    displayName: text("display_name").notNull(),
    agencyId: text("agency_id").notNull(),
    /** Where the portal writes to this person; null where nobody gave one. */
    email: text("email"),
    isDemo: boolean("is_demo").notNull().default(false),
    status: text("status").notNull().default("active"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({ name: "staff_agency_fk", columns: [t.agencyId], foreignColumns: [agencies.id] }).onDelete(
      "restrict",
    ),
    check("staff_status_ck", sql`${t.status} in ('active', 'suspended')`),
    check("staff_email_ck", sql`${t.email} is null or ${t.email} ~ '^[^@\\s]{1,64}@[^@\\s]{1,190}$'`),
    check("staff_name_ck", sql`char_length(${t.displayName}) between 1 and 60`),
  ],
);

/** Who held which role from when to when, and who gave it; approvals snapshot the grant they were made under. */
export const staffRoles = pgTable(
  "staff_roles",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    role: text("role").notNull(),
    /** The first of two administrators, where the role needs two; the second is `grantedBy`. */
    requestedBy: uuid("requested_by"),
    /** null only for grants made by an operator at the command line or by the demo seed. */
    grantedBy: uuid("granted_by"),
    grantedAt: instant("granted_at")
      .notNull()
      .default(sql`now()`),
    revokedBy: uuid("revoked_by"),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    foreignKey({ name: "staff_roles_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "staff_roles_granter_fk",
      columns: [t.grantedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "staff_roles_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "staff_roles_revoker_fk",
      columns: [t.revokedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("staff_roles_live_uq")
      .on(t.staffId, t.role)
      .where(sql`revoked_at is null`),
    check(
      "staff_roles_role_ck",
      sql`${t.role} in ('hotline_operator','notice_desk','triage_officer','agency_officer','agency_verifier','finance_preparer','finance_reviewer','finance_approver','cashier','window_clerk','identity_custodian','auditor','administrator')`,
    ),
    check("staff_roles_own_grant_ck", sql`${t.grantedBy} is null or ${t.grantedBy} <> ${t.staffId}`),
  ],
);

/**
 * A wish to give somebody a role that needs two administrators (finance, cashier, custodian). It gives nothing by
 * itself: another administrator confirms or refuses it.
 */
export const roleRequests = pgTable(
  "role_requests",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    role: text("role").notNull(),
    /** null for an operator at the command line. */
    requestedBy: uuid("requested_by"),
    requestedAt: instant("requested_at").notNull(),
    outcome: text("outcome"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    foreignKey({
      name: "role_requests_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "role_requests_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "role_requests_decider_fk",
      columns: [t.decidedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("role_requests_open_uq")
      .on(t.staffId, t.role)
      .where(sql`outcome is null`),
    check("role_requests_outcome_ck", sql`${t.outcome} is null or ${t.outcome} in ('granted','refused')`),
    check("role_requests_decided_ck", sql`(${t.outcome} is null) = (${t.decidedBy} is null)`),
    check("role_requests_own_ck", sql`${t.requestedBy} is null or ${t.requestedBy} <> ${t.staffId}`),
    check(
      "role_requests_two_ck",
      sql`${t.outcome} is distinct from 'granted' or ${t.decidedBy} is distinct from ${t.requestedBy}`,
    ),
    check("role_requests_decider_ck", sql`${t.decidedBy} is null or ${t.decidedBy} <> ${t.staffId}`),
  ],
);

/** Public halves of passkeys. `seed` keys sign demo history and are born revoked. */
export const passkeys = pgTable(
  "passkeys",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    credentialId: text("credential_id").notNull(),
    publicKey: bytea("public_key").notNull(),
    signCount: bigint("sign_count", { mode: "bigint" })
      .notNull()
      .default(sql`0`),
    transports: text("transports")
      .array()
      .notNull()
      .default(sql`'{}'`),
    backedUp: boolean("backed_up").notNull().default(false),
    prfCapable: boolean("prf_capable").notNull().default(false),
    /** What its owner calls it, e.g. 办公室的安全钥匙. */
    label: text("label").notNull().default(""),
    kind: text("kind").notNull().default("passkey"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    foreignKey({ name: "passkeys_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    unique("passkeys_credential_uq").on(t.credentialId),
    index("passkeys_staff_ix").on(t.staffId),
    check("passkeys_kind_ck", sql`${t.kind} in ('passkey', 'seed')`),
    check("passkeys_seed_revoked_ck", sql`${t.kind} <> 'seed' or ${t.revokedAt} is not null`),
  ],
);

/** One-time, expiring links by which a person registers a passkey. Only a hash of the token is kept. */
export const enrolmentLinks = pgTable(
  "enrolment_links",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    tokenHash: bytea("token_hash").notNull(),
    createdBy: uuid("created_by"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (t) => [
    foreignKey({
      name: "enrolment_links_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "enrolment_links_creator_fk",
      columns: [t.createdBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("enrolment_links_token_uq").on(t.tokenHash),
    check("enrolment_links_expiry_ck", sql`${t.expiresAt} > ${t.createdAt}`),
  ],
);

/** WebAuthn challenges: kept on the server, single use, minutes long. */
export const webauthnChallenges = pgTable(
  "webauthn_challenges",
  {
    id: uuid("id").primaryKey(),
    purpose: text("purpose").notNull(),
    staffId: uuid("staff_id"),
    challenge: text("challenge").notNull(),
    /** For `sign`: the canonical bytes whose SHA-256 is the challenge. */
    context: jsonb("context"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (t) => [
    foreignKey({
      name: "webauthn_challenges_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("webauthn_challenges_challenge_uq").on(t.challenge),
    index("webauthn_challenges_expiry_ix").on(t.expiresAt),
    check("webauthn_challenges_purpose_ck", sql`${t.purpose} in ('enrol', 'sign_in', 'sign', 'step_up')`),
  ],
);

/** Server-side staff sessions: 30 minutes idle, 12 hours absolute. The cookie holds a token, the row its hash. */
export const staffSessions = pgTable(
  "staff_sessions",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    tokenHash: bytea("token_hash").notNull(),
    /** Given after a touch and not used yet: with its first use it is the token, and the one before is dead. */
    nextTokenHash: bytea("next_token_hash"),
    nextTokenAt: instant("next_token_at"),
    /** `demo` sessions look and triage; they never sign. */
    method: text("method").notNull(),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
    lastSeenAt: instant("last_seen_at")
      .notNull()
      .default(sql`now()`),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({
      name: "staff_sessions_staff_fk",
      columns: [t.staffId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("staff_sessions_token_uq").on(t.tokenHash),
    unique("staff_sessions_next_uq").on(t.nextTokenHash),
    check("staff_sessions_next_ck", sql`(${t.nextTokenHash} is null) = (${t.nextTokenAt} is null)`),
    index("staff_sessions_staff_ix").on(t.staffId),
    check("staff_sessions_method_ck", sql`${t.method} in ('passkey', 'demo')`),
  ],
);
