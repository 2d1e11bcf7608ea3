import { sql } from "drizzle-orm";
import { check, date, foreignKey, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./columns";
import { tips } from "./intake";
import { tipMessages } from "./messages";

/**
 * A file a reporter sent. Its bytes lie sealed, chunk by chunk, in the evidence store under this id; its name, type,
 * size, SHA-256 and key are sealed too: with the draft (`meta`, under the receipt) until the report or message is
 * sent, in that report's or message's sealed text from then on. Dates only (secrecy.md).
 */
export const tipFiles = pgTable(
  "tip_files",
  {
    id: uuid("id").primaryKey(),
    /** The receipt it came under. */
    lookupId: bytea("lookup_id").notNull(),
    /** Set when the report is sent; both of them for what was added later. */
    tipId: uuid("tip_id"),
    messageId: uuid("message_id"),
    /** Place in the reporter's own list, from 0. */
    ordinal: integer("ordinal").notNull(),
    state: text("state").notNull(),
    /** Sealed chunks of the original and of the working copy without metadata (none where there is no copy). */
    chunks: integer("chunks").notNull().default(0),
    copyChunks: integer("copy_chunks").notNull().default(0),
    meta: bytea("meta"),
    addedOn: date("added_on").notNull(),
  },
  (t) => [
    foreignKey({ name: "tip_files_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({
      name: "tip_files_message_fk",
      columns: [t.messageId],
      foreignColumns: [tipMessages.id],
    }).onDelete("restrict"),
    index("tip_files_lookup_ix").on(t.lookupId, t.ordinal),
    index("tip_files_tip_ix").on(t.tipId),
    index("tip_files_message_ix").on(t.messageId),
    index("tip_files_waiting_ix")
      .on(t.addedOn)
      .where(sql`tip_id is null`),
    check("tip_files_lookup_ck", sql`octet_length(${t.lookupId}) = 32`),
    check("tip_files_state_ck", sql`${t.state} in ('receiving', 'stored', 'refused', 'removed')`),
    check("tip_files_chunks_ck", sql`${t.chunks} >= 0 and ${t.copyChunks} >= 0`),
    check("tip_files_message_ck", sql`${t.messageId} is null or ${t.tipId} is not null`),
    check("tip_files_sent_ck", sql`${t.tipId} is null or (${t.meta} is null and ${t.state} = 'stored')`),
  ],
);
