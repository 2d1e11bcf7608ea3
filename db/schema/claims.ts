import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { roleKeys } from "./keys";
import { awards } from "./rewards";
import { staff } from "./staff";

/**
 * How and until when an informant claims an approved award (认领). Days only: what the informant chooses here is a
 * reporter's act. One row an award, from the day there was news of it.
 */
export const awardClaims = pgTable(
  "award_claims",
  {
    awardId: uuid("award_id").primaryKey(),
    /** The day the notice stood on the informant's page: the window counts from it. */
    toldOn: date("told_on").notNull(),
    /** The last day to accept; null where the scheme sets none, and then nothing lapses. */
    claimBy: date("claim_by"),
    /** The most this award may be paid in cash, in 分, as its scheme says; null where it says nothing. */
    cashMostFen: bigint("cash_most_fen", { mode: "bigint" }),
    extendedTo: date("extended_to"),
    extendedReason: text("extended_reason"),
    extendedBy: uuid("extended_by"),
    remindedOn: date("reminded_on"),
    way: text("way"),
    chosenOn: date("chosen_on"),
    /** Who comes for it: the informant, somebody they send, or who inherits it. */
    claimant: text("claimant"),
    /** An heir's papers: what kind, and the two who saw them. Never a name. */
    papersKind: text("papers_kind"),
    papersBy: uuid("papers_by"),
    papersToo: uuid("papers_too"),
    papersOn: date("papers_on"),
    /** When papers that were seen stopped counting, because the account or the code they were seen for was replaced. */
    papersVoidedOn: date("papers_voided_on"),
  },
  (t) => [
    foreignKey({ name: "award_claims_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "award_claims_extender_fk",
      columns: [t.extendedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_claims_papers_by_fk",
      columns: [t.papersBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "award_claims_papers_too_fk",
      columns: [t.papersToo],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("award_claims_due_ix").on(t.claimBy),
    check("award_claims_way_ck", sql`${t.way} in ('transfer','window')`),
    check("award_claims_chosen_ck", sql`(${t.way} is null) = (${t.chosenOn} is null)`),
    check("award_claims_claimant_ck", sql`${t.claimant} in ('self','proxy','heir')`),
    // Somebody else's hand takes a code along; a transfer goes to an account its informant, or an heir, names.
    check("award_claims_proxy_ck", sql`not (${t.way} = 'transfer' and ${t.claimant} = 'proxy')`),
    check("award_claims_claimant_chosen_ck", sql`(${t.way} is null) = (${t.claimant} is null)`),
    check("award_claims_window_ck", sql`${t.claimBy} is null or ${t.claimBy} >= ${t.toldOn}`),
    check(
      "award_claims_extended_ck",
      sql`(${t.extendedTo} is null) = (${t.extendedReason} is null) and (${t.extendedTo} is null) = (${t.extendedBy} is null) and (${t.extendedTo} is null or ${t.extendedTo} > ${t.claimBy})`,
    ),
    // A reason has words and short numbers; an account, a card or a telephone has no place in it (invariant 17).
    check(
      "award_claims_reason_ck",
      sql`char_length(${t.extendedReason}) between 5 and 300 and regexp_replace(${t.extendedReason}, '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'`,
    ),
    check(
      "award_claims_papers_ck",
      sql`(${t.papersKind} is null) = (${t.papersBy} is null) and (${t.papersToo} is null) = (${t.papersOn} is null) and (${t.papersToo} is null or ${t.papersBy} is not null and ${t.papersToo} <> ${t.papersBy})`,
    ),
    check(
      "award_claims_papers_kind_ck",
      sql`${t.papersKind} in ('notarised_inheritance','court_decision','village_proof','other_legal')`,
    ),
  ],
);

/**
 * 领奖码: 128 random bits of which the hash alone is kept (invariant 16). Single-use, with a last day; one live code an
 * award: proof of the receipt ends the old one and makes the next.
 */
export const claimCodes = pgTable(
  "claim_codes",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    /** The first is 1; every reissue counts on. */
    number: integer("number").notNull(),
    hash: bytea("hash").notNull(),
    madeOn: date("made_on").notNull(),
    endsOn: date("ends_on").notNull(),
    status: text("status").notNull(),
    endedOn: date("ended_on"),
  },
  (t) => [
    foreignKey({ name: "claim_codes_award_fk", columns: [t.awardId], foreignColumns: [awards.id] }).onDelete(
      "restrict",
    ),
    unique("claim_codes_hash_uq").on(t.hash),
    unique("claim_codes_number_uq").on(t.awardId, t.number),
    uniqueIndex("claim_codes_live_uq")
      .on(t.awardId)
      .where(sql`status = 'live'`),
    uniqueIndex("claim_codes_spent_uq")
      .on(t.awardId)
      .where(sql`status = 'spent'`),
    check("claim_codes_hash_ck", sql`octet_length(${t.hash}) = 32`),
    check("claim_codes_number_ck", sql`${t.number} between 1 and 100`),
    check("claim_codes_status_ck", sql`${t.status} in ('live','dead','spent')`),
    check("claim_codes_ended_ck", sql`(${t.status} = 'live') = (${t.endedOn} is null)`),
    check("claim_codes_days_ck", sql`${t.endsOn} >= ${t.madeOn}`),
  ],
);

/**
 * Where a transfer goes: name, bank, branch and account in one sealed body. Its data key lies in `sealed_keys` in two
 * shares (owner_table `payee_details`, record `payee`): `a` for the approvers, `b` for the cashiers. After settlement,
 * or when the informant gives others, body and shares go; that there was one, and until when, stays.
 */
export const payeeDetails = pgTable(
  "payee_details",
  {
    id: uuid("id").primaryKey(),
    awardId: uuid("award_id").notNull(),
    suite: text("suite").notNull(),
    body: bytea("body"),
    sealedOn: date("sealed_on").notNull(),
    shreddedOn: date("shredded_on"),
    shreddedWhy: text("shredded_why"),
  },
  (t) => [
    foreignKey({
      name: "payee_details_award_fk",
      columns: [t.awardId],
      foreignColumns: [awards.id],
    }).onDelete("restrict"),
    index("payee_details_award_ix").on(t.awardId),
    uniqueIndex("payee_details_live_uq")
      .on(t.awardId)
      .where(sql`shredded_on is null`),
    check("payee_details_shredded_ck", sql`(${t.shreddedOn} is null) = (${t.body} is not null)`),
    check("payee_details_why_ck", sql`(${t.shreddedOn} is null) = (${t.shreddedWhy} is null)`),
    check("payee_details_reason_ck", sql`${t.shreddedWhy} in ('settled','replaced','ended')`),
    // Nonce, one padded step of 4 KiB, tag: every record is of one size.
    check("payee_details_size_ck", sql`octet_length(${t.body}) = 4124`),
  ],
);

/**
 * The approvers' share of one payee record on its way to one cashier for one batch, sealed anew to the cashiers' key.
 * It goes with the record it belongs to.
 */
export const payeeReleases = pgTable(
  "payee_releases",
  {
    payeeId: uuid("payee_id").notNull(),
    batchId: uuid("batch_id").notNull(),
    /** The cashier it is for, who is named in what it is bound to. */
    personId: uuid("person_id").notNull(),
    roleKeyId: uuid("role_key_id").notNull(),
    enc: bytea("enc").notNull(),
    body: bytea("body").notNull(),
    releasedBy: uuid("released_by").notNull(),
    releasedAt: instant("released_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "payee_releases_pk", columns: [t.payeeId, t.batchId] }),
    foreignKey({
      name: "payee_releases_payee_fk",
      columns: [t.payeeId],
      foreignColumns: [payeeDetails.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "payee_releases_person_fk",
      columns: [t.personId],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "payee_releases_releaser_fk",
      columns: [t.releasedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "payee_releases_key_fk",
      columns: [t.roleKeyId],
      foreignColumns: [roleKeys.id],
    }).onDelete("restrict"),
    index("payee_releases_batch_ix").on(t.batchId),
    check("payee_releases_two_ck", sql`${t.personId} <> ${t.releasedBy}`),
    check("payee_releases_enc_ck", sql`octet_length(${t.enc}) = 32 and octet_length(${t.body}) = 48`),
  ],
);
