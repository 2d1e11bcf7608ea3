import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { funds } from "./ledger";
import { awards } from "./rewards";
import { passkeys, staff, staffRoles } from "./staff";

/**
 * One payment order to the bank: posted awards that go by transfer, frozen as canonical JSON and hashed (invariant 15).
 * Two people release it over that hash; one named cashier opens its payees, makes the file and says that it was sent.
 */
export const payoutBatches = pgTable(
  "payout_batches",
  {
    id: uuid("id").primaryKey(),
    year: integer("year").notNull(),
    no: integer("no").notNull(),
    fundId: uuid("fund_id").notNull(),
    cashierId: uuid("cashier_id").notNull(),
    body: text("body").notNull(),
    hash: bytea("hash").notNull(),
    status: text("status").notNull(),
    preparedBy: uuid("prepared_by").notNull(),
    preparedAt: instant("prepared_at").notNull(),
    sentAt: instant("sent_at"),
    sentFileId: uuid("sent_file_id"),
    cancelledBy: uuid("cancelled_by"),
    cancelledAt: instant("cancelled_at"),
    cancelReason: text("cancel_reason"),
  },
  (t) => [
    foreignKey({ name: "payout_batches_fund_fk", columns: [t.fundId], foreignColumns: [funds.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "payout_batches_cashier_fk",
      columns: [t.cashierId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "payout_batches_preparer_fk",
      columns: [t.preparedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "payout_batches_canceller_fk",
      columns: [t.cancelledBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    unique("payout_batches_number_uq").on(t.year, t.no),
    index("payout_batches_queue_ix").on(t.status, t.id),
    check("payout_batches_status_ck", sql`${t.status} in ('frozen','released','sent','cancelled')`),
    check("payout_batches_hash_ck", sql`${t.hash} = sha256(convert_to(${t.body}, 'UTF8'))`),
    check("payout_batches_apart_ck", sql`${t.preparedBy} <> ${t.cashierId}`),
    check(
      "payout_batches_sent_ck",
      sql`(${t.status} = 'sent') = (${t.sentAt} is not null) and (${t.sentAt} is null) = (${t.sentFileId} is null)`,
    ),
    check(
      "payout_batches_cancelled_ck",
      sql`(${t.status} = 'cancelled') = (${t.cancelledBy} is not null) and (${t.cancelledBy} is null) = (${t.cancelledAt} is null) and (${t.cancelledBy} is null) = (${t.cancelReason} is null)`,
    ),
    check(
      "payout_batches_reason_ck",
      sql`char_length(${t.cancelReason}) between 5 and 300 and regexp_replace(${t.cancelReason}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
  ],
);

/**
 * One award in one batch. Its id without dashes is the bank's end-to-end id; `reference` is what the journal says of its
 * payment. An award is on one live line (invariants 7 and 15).
 */
export const payoutLines = pgTable(
  "payout_lines",
  {
    id: uuid("id").primaryKey(),
    batchId: uuid("batch_id").notNull(),
    position: integer("position").notNull(),
    awardId: uuid("award_id").notNull(),
    codeName: text("code_name").notNull(),
    amountFen: bigint("amount_fen", { mode: "bigint" }).notNull(),
    reference: text("reference").notNull(),
    state: text("state").notNull(),
  },
  (t) => [
    foreignKey({
      name: "payout_lines_batch_fk",
      columns: [t.batchId],
      foreignColumns: [payoutBatches.id],
    }).onDelete("restrict"),
    foreignKey({ name: "payout_lines_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    unique("payout_lines_position_uq").on(t.batchId, t.position),
    unique("payout_lines_reference_uq").on(t.reference),
    uniqueIndex("payout_lines_live_uq")
      .on(t.awardId)
      .where(sql`state in ('frozen','released','sent','unknown','settled')`),
    index("payout_lines_award_ix").on(t.awardId),
    check(
      "payout_lines_state_ck",
      sql`${t.state} in ('frozen','released','sent','unknown','settled','rejected','bounced','not_sent','cancelled')`,
    ),
    check("payout_lines_position_ck", sql`${t.position} between 1 and 2000`),
    check("payout_lines_amount_ck", sql`${t.amountFen} > 0`),
  ],
);

/** One person's release of a batch, signed with a passkey over its hash: what approval_steps are to a voucher. */
export const batchReleases = pgTable(
  "batch_releases",
  {
    id: uuid("id").primaryKey(),
    batchId: uuid("batch_id").notNull(),
    position: integer("position").notNull(),
    actorId: uuid("actor_id").notNull(),
    roleGrantId: uuid("role_grant_id").notNull(),
    roleGrantSnapshot: jsonb("role_grant_snapshot").notNull(),
    passkeyId: uuid("passkey_id").notNull(),
    credentialId: text("credential_id").notNull(),
    publicKey: bytea("public_key").notNull(),
    nonce: text("nonce").notNull(),
    previousHash: bytea("previous_hash"),
    /** Canonical `{action, actor, batchHash, nonce, previousApprovalHash}`. */
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
      name: "batch_releases_batch_fk",
      columns: [t.batchId],
      foreignColumns: [payoutBatches.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "batch_releases_actor_fk",
      columns: [t.actorId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "batch_releases_grant_fk",
      columns: [t.roleGrantId],
      foreignColumns: [staffRoles.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "batch_releases_passkey_fk",
      columns: [t.passkeyId],
      foreignColumns: [passkeys.id],
    }).onDelete("restrict"),
    unique("batch_releases_position_uq").on(t.batchId, t.position),
    unique("batch_releases_actor_uq").on(t.batchId, t.actorId),
    unique("batch_releases_nonce_uq").on(t.nonce),
    check("batch_releases_position_ck", sql`${t.position} in (1, 2)`),
    check("batch_releases_hash_ck", sql`${t.hash} = sha256(convert_to(${t.signedBody}, 'UTF8'))`),
    check("batch_releases_first_ck", sql`(${t.position} = 1) = (${t.previousHash} is null)`),
    check("batch_releases_nonce_ck", sql`${t.nonce} ~ '^[A-Za-z0-9_-]{22,64}$'`),
  ],
);

/**
 * A file the cashier's browser made of a batch: its mark, never the file (invariant 17). The mark is an HMAC-SHA-256 whose
 * key stands in the saved file's name alone: from what is kept here no guessed account can be tried.
 */
export const payoutFiles = pgTable(
  "payout_files",
  {
    id: uuid("id").primaryKey(),
    batchId: uuid("batch_id").notNull(),
    kind: text("kind").notNull(),
    /** HMAC-SHA-256, hex. */
    sha256: text("sha256").notNull(),
    lines: integer("lines").notNull(),
    sumFen: bigint("sum_fen", { mode: "bigint" }).notNull(),
    madeBy: uuid("made_by").notNull(),
    madeAt: instant("made_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "payout_files_batch_fk",
      columns: [t.batchId],
      foreignColumns: [payoutBatches.id],
    }).onDelete("restrict"),
    foreignKey({ name: "payout_files_maker_fk", columns: [t.madeBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    unique("payout_files_hash_uq").on(t.batchId, t.sha256),
    check("payout_files_kind_ck", sql`${t.kind} in ('pain001','csv')`),
    check("payout_files_sha256_ck", sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
  ],
);
