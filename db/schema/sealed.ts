import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { tips } from "./intake";
import { roleKeys } from "./keys";
import { staff } from "./staff";

/**
 * Everything a reporter gives us that only some may read. One row a field; written through server/secrecy alone and
 * opened in staff browsers. `suite` says how the body is sealed.
 */
export const sealedValues = pgTable(
  "sealed_values",
  {
    id: uuid("id").primaryKey(),
    ownerTable: text("owner_table").notNull(),
    ownerId: uuid("owner_id").notNull(),
    field: text("field").notNull(),
    suite: text("suite").notNull(),
    body: bytea("body").notNull(),
  },
  (t) => [unique("sealed_values_field_uq").on(t.ownerTable, t.ownerId, t.field)],
);

/**
 * The data key of one record (a tip's content, an identity …) sealed with HPKE to one recipient. Several recipients
 * are several rows; a record split between two (the identity) has parts `a` and `b`, of which one alone tells nothing.
 */
export const sealedKeys = pgTable(
  "sealed_keys",
  {
    id: uuid("id").primaryKey(),
    ownerTable: text("owner_table").notNull(),
    ownerId: uuid("owner_id").notNull(),
    record: text("record").notNull(),
    part: text("part").notNull(),
    roleKeyId: uuid("role_key_id").notNull(),
    suite: text("suite").notNull(),
    enc: bytea("enc").notNull(),
    body: bytea("body").notNull(),
  },
  (t) => [
    unique("sealed_keys_recipient_uq").on(t.ownerTable, t.ownerId, t.record, t.part, t.roleKeyId),
    foreignKey({
      name: "sealed_keys_role_key_fk",
      columns: [t.roleKeyId],
      foreignColumns: [roleKeys.id],
    }).onDelete("restrict"),
    index("sealed_keys_role_key_ix").on(t.roleKeyId, t.ownerId),
    check("sealed_keys_part_ck", sql`${t.part} in ('whole','a','b')`),
    check("sealed_keys_enc_ck", sql`octet_length(${t.enc}) = 32 and octet_length(${t.body}) = 48`),
  ],
);

/**
 * A custodian's stated wish to open a reporter's identity. Their share, sealed anew to the other side, waits here
 * until the other custodian answers; only then, and only in that custodian's browser, do the two shares meet.
 */
export const identityRequests = pgTable(
  "identity_requests",
  {
    id: uuid("id").primaryKey(),
    tipId: uuid("tip_id").notNull(),
    reason: text("reason").notNull(),
    side: text("side").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    requestedAt: instant("requested_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** The other side's key the share below is sealed to. */
    roleKeyId: uuid("role_key_id").notNull(),
    /** null once answered or expired: an unused share is not kept. */
    enc: bytea("enc"),
    body: bytea("body"),
    status: text("status").notNull().default("waiting"),
    answeredBy: uuid("answered_by"),
    answeredAt: instant("answered_at"),
    /** Why the second custodian declined. */
    answer: text("answer"),
  },
  (t) => [
    foreignKey({ name: "identity_requests_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "identity_requests_requester_fk",
      columns: [t.requestedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "identity_requests_answerer_fk",
      columns: [t.answeredBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "identity_requests_role_key_fk",
      columns: [t.roleKeyId],
      foreignColumns: [roleKeys.id],
    }).onDelete("restrict"),
    index("identity_requests_waiting_ix")
      .on(t.requestedAt)
      .where(sql`status = 'waiting'`),
    index("identity_requests_tip_ix").on(t.tipId),
    /** One open request a tip: two custodians asking at once do not release two shares. */
    uniqueIndex("identity_requests_waiting_uq")
      .on(t.tipId)
      .where(sql`status = 'waiting'`),
    check("identity_requests_side_ck", sql`${t.side} in ('a','b')`),
    check("identity_requests_status_ck", sql`${t.status} in ('waiting','opened','declined','expired')`),
    check("identity_requests_reason_ck", sql`char_length(${t.reason}) between 10 and 500`),
    check("identity_requests_two_ck", sql`${t.answeredBy} is null or ${t.answeredBy} <> ${t.requestedBy}`),
    check(
      "identity_requests_answer_ck",
      sql`(${t.status} in ('opened','declined')) = (${t.answeredBy} is not null)`,
    ),
    check(
      "identity_requests_share_ck",
      sql`${t.status} = 'waiting' or (${t.enc} is null and ${t.body} is null)`,
    ),
  ],
);
