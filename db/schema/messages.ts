import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns";
import { tips } from "./intake";
import { agencies, staff } from "./staff";

/**
 * What reporter and staff say to each other after the report. The text and the list of files are sealed under a key
 * of the message's own, which is sealed twice: to the tip's content key and to the reporter's reply key. Dates only.
 */
export const tipMessages = pgTable(
  "tip_messages",
  {
    id: uuid("id").primaryKey(),
    tipId: uuid("tip_id").notNull(),
    /** Order of writing over the whole portal: a sequence, no clock. */
    messageNo: bigint("message_no", { mode: "bigint" }).generatedAlwaysAsIdentity(),
    /** `in` from the reporter, `out` to them. */
    direction: text("direction").notNull(),
    /** What the message is, plain: a text, further evidence, a question, a wish to have the matter opened again. */
    kind: text("kind").notNull(),
    /** Who wrote it, for `out` alone. */
    writtenBy: uuid("written_by"),
    /** The body they wrote for, which is all a reporter is told of the writer; for `out` alone. */
    agencyId: text("agency_id"),
    writtenOn: date("written_on").notNull(),
    /** The day the other side first saw it. */
    readOn: date("read_on"),
    suite: text("suite").notNull(),
    body: bytea("body").notNull(),
    contentEnc: bytea("content_enc").notNull(),
    contentBody: bytea("content_body").notNull(),
    replyEnc: bytea("reply_enc").notNull(),
    replyBody: bytea("reply_body").notNull(),
    /**
     * What became of a wish to have the matter opened again (`lapsed`: its receipt was closed); null while it waits, and
     * for every other message.
     */
    outcome: text("outcome"),
    outcomeOn: date("outcome_on"),
  },
  (t) => [
    foreignKey({ name: "tip_messages_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "tip_messages_writer_fk",
      columns: [t.writtenBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "tip_messages_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    unique("tip_messages_no_uq").on(t.messageNo),
    index("tip_messages_tip_ix").on(t.tipId, t.messageNo),
    index("tip_messages_unread_ix")
      .on(t.tipId)
      .where(sql`direction = 'in' and read_on is null`),
    uniqueIndex("tip_messages_wish_uq")
      .on(t.tipId)
      .where(sql`kind = 'reopen' and outcome is null`),
    check(
      "tip_messages_outcome_ck",
      sql`(${t.outcome} is null) = (${t.outcomeOn} is null) and (${t.outcome} is null or ${t.kind} = 'reopen' and ${t.outcome} in ('reopened', 'declined', 'lapsed'))`,
    ),
    check("tip_messages_direction_ck", sql`(${t.direction} = 'out') = (${t.writtenBy} is not null)`),
    check("tip_messages_body_ck", sql`(${t.writtenBy} is null) = (${t.agencyId} is null)`),
    check(
      "tip_messages_kind_ck",
      sql`${t.direction} = 'in' and ${t.kind} in ('text', 'evidence', 'reopen') or ${t.direction} = 'out' and ${t.kind} in ('text', 'question')`,
    ),
    check(
      "tip_messages_sealed_ck",
      sql`octet_length(${t.contentEnc}) = 32 and octet_length(${t.contentBody}) = 48 and octet_length(${t.replyEnc}) = 32 and octet_length(${t.replyBody}) = 48`,
    ),
  ],
);
