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
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns";
import { leads } from "./leads";
import { staff } from "./staff";

/**
 * A report being written. Found by the receipt's lookup id and sealed under a key only the receipt gives,
 * so that a closed browser loses nothing and a stolen table tells nothing. Dates only: see secrecy.md.
 */
export const drafts = pgTable(
  "drafts",
  {
    lookupId: bytea("lookup_id").primaryKey(),
    suite: text("suite").notNull(),
    body: bytea("body").notNull(),
    version: integer("version").notNull().default(1),
    startedOn: date("started_on").notNull(),
    expiresOn: date("expires_on").notNull(),
  },
  (t) => [
    check("drafts_lookup_ck", sql`octet_length(${t.lookupId}) = 32`),
    index("drafts_expiry_ix").on(t.expiresOn),
  ],
);

/**
 * A tip (线索举报): plain, searchable facts about the subject. What the reporter wrote and who they are is in
 * sealed_values. uuidv4 and a date, so that no row tells the minute of arrival (secrecy.md).
 */
export const tips = pgTable(
  "tips",
  {
    id: uuid("id").primaryKey(),
    /** The receipt's lookup id; UNIQUE makes it the submit's idempotency key. */
    lookupId: bytea("lookup_id").notNull(),
    packId: text("pack_id").notNull(),
    packVersion: text("pack_version").notNull(),
    channel: text("channel").notNull(),
    /** The member of staff who wrote it down for somebody; null where the reporter wrote, or an import brought it. */
    recordedBy: uuid("recorded_by"),
    language: text("language").notNull(),
    mode: text("mode").notNull(),
    subjectKind: text("subject_kind").notNull(),
    subjectName: text("subject_name").notNull(),
    uscc: text("uscc"),
    registeredAt: text("registered_at"),
    operatingAt: text("operating_at"),
    occurredAt: text("occurred_at"),
    sector: text("sector").notNull(),
    redLines: text("red_lines").array().notNull(),
    /** Year-month, as the reporter gave it. */
    startedOn: text("started_on"),
    ongoing: text("ongoing"),
    /** 分; for a band its lower bound; null when not known. */
    allegedFen: bigint("alleged_fen", { mode: "bigint" }),
    people: integer("people"),
    suspectedCrime: boolean("suspected_crime").notNull().default(false),
    wantsReward: boolean("wants_reward").notNull(),
    /** The accused may be an agency or official: such a tip goes to the leading office alone. */
    concernsOfficial: boolean("concerns_official").notNull().default(false),
    arrivedOn: date("arrived_on").notNull(),
    /** Order of arrival over the whole portal (a sequence, no clock): who was first stays provable. */
    arrivalNo: bigint("arrival_no", { mode: "bigint" }).generatedAlwaysAsIdentity(),
    leadId: uuid("lead_id"),
    /** Set apart as suspected spam (no lead yet), or judged to be spam; null for every other tip. */
    spam: text("spam"),
    /**
     * Public keys (X25519) of what is said later: the first's private key follows from the content's data key, so
     * that whoever reads the report reads on; the second's from the receipt alone.
     */
    contentKey: bytea("content_key"),
    replyKey: bytea("reply_key"),
    /** From this day the receipt opens nothing any more. */
    receiptClosedOn: date("receipt_closed_on"),
    receiptClosedWhy: text("receipt_closed_why"),
  },
  (t) => [
    unique("tips_lookup_uq").on(t.lookupId),
    unique("tips_arrival_uq").on(t.arrivalNo),
    foreignKey({ name: "tips_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("tips_lead_ix").on(t.leadId, t.arrivalNo),
    index("tips_lead_day_ix").on(t.leadId, t.arrivedOn),
    index("tips_day_ix").on(t.arrivedOn),
    // The largest a lead's reports say, read from the end however many there are.
    index("tips_alleged_ix")
      .on(t.leadId, t.allegedFen)
      .where(sql`alleged_fen is not null`),
    index("tips_people_ix")
      .on(t.leadId, t.people)
      .where(sql`people is not null`),
    index("tips_crime_ix")
      .on(t.leadId)
      .where(sql`suspected_crime`),
    index("tips_official_ix")
      .on(t.leadId)
      .where(sql`concerns_official`),
    check("tips_lookup_ck", sql`octet_length(${t.lookupId}) = 32`),
    check("tips_mode_ck", sql`${t.mode} in ('anonymous', 'named')`),
    check(
      "tips_channel_ck",
      sql`${t.channel} in ('web', 'hotline', 'letter', 'visit', 'fax', 'email', 'wechat', 'hotline_12345', 'credit_china', 'nifa')`,
    ),
    check("tips_language_ck", sql`${t.language} in ('zh-CN', 'en')`),
    check("tips_alleged_ck", sql`${t.allegedFen} is null or ${t.allegedFen} >= 0`),
    index("tips_spam_ix")
      .on(t.arrivalNo)
      .where(sql`spam = 'suspected'`),
    index("tips_spam_confirmed_ix")
      .on(t.arrivalNo)
      .where(sql`spam = 'confirmed'`),
    check("tips_spam_ck", sql`${t.spam} is null or ${t.spam} in ('suspected','confirmed')`),
    check(
      "tips_receipt_closed_ck",
      sql`(${t.receiptClosedOn} is null) = (${t.receiptClosedWhy} is null) and (${t.receiptClosedWhy} is null or ${t.receiptClosedWhy} in ('withdrawn','expired'))`,
    ),
    foreignKey({ name: "tips_recorder_fk", columns: [t.recordedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    index("tips_recorder_ix")
      .on(t.recordedBy, t.arrivalNo)
      .where(sql`recorded_by is not null`),
    check("tips_keys_ck", sql`octet_length(${t.contentKey}) = 32 and octet_length(${t.replyKey}) = 32`),
    check("tips_people_ck", sql`${t.people} is null or ${t.people} >= 0`),
  ],
);

/** What identifies the subject of a tip: sites, apps, people in charge, phones, accounts. Never of the reporter. */
export const tipIdentifiers = pgTable(
  "tip_identifiers",
  {
    id: uuid("id").primaryKey(),
    tipId: uuid("tip_id").notNull(),
    kind: text("kind").notNull(),
    /** As the reporter wrote it, cleaned of full-width forms. */
    value: text("value").notNull(),
    /** The comparable form: a host name for a site, digits for a phone. */
    key: text("key").notNull(),
  },
  (t) => [
    foreignKey({ name: "tip_identifiers_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    index("tip_identifiers_tip_ix").on(t.tipId),
    index("tip_identifiers_key_ix").on(t.kind, t.key),
    check("tip_identifiers_kind_ck", sql`${t.kind} in ('site', 'app', 'person', 'phone', 'account')`),
  ],
);

/**
 * What another channel's file brought: its row's number there, hashed with its source, so that a second run of the
 * same file doubles nothing. The number itself is sealed with the tip (it would lead to the caller elsewhere), and
 * which tip it became is kept nowhere else: numbers can be guessed by whoever has the key.
 */
export const tipImports = pgTable(
  "tip_imports",
  {
    externalKey: bytea("external_key").primaryKey(),
    source: text("source").notNull(),
    importedOn: date("imported_on").notNull(),
  },
  (t) => [check("tip_imports_key_ck", sql`octet_length(${t.externalKey}) = 32`)],
);
