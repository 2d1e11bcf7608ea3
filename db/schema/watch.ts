import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
import { leads } from "./leads";
import { staff } from "./staff";

/**
 * A registration list (工商登记名录) as it was loaded: of which day, screened by which pack, with what came of it. Its
 * rows are not kept but for those the screening found (watch_entries).
 */
export const registrationLists = pgTable(
  "registration_lists",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    packVersion: text("pack_version").notNull(),
    /** The day the register was as the list says. */
    listedOn: date("listed_on").notNull(),
    /** The whole register: what it leaves out is gone. A part of it says nothing about the rest. */
    isWhole: boolean("is_whole").notNull(),
    /** Of the file's bytes, so that the same file is loaded once. */
    sha256: bytea("sha256").notNull(),
    rows: integer("rows").notNull().default(0),
    bad: integer("bad").notNull().default(0),
    matched: integer("matched").notNull().default(0),
    added: integer("added").notNull().default(0),
    changed: integer("changed").notNull().default(0),
    gone: integer("gone").notNull().default(0),
    /** The first bad rows: number, column, reason; never what the row says. */
    faults: jsonb("faults")
      .notNull()
      .default(sql`'[]'::jsonb`),
    /** null where the command line loaded it. */
    loadedBy: uuid("loaded_by"),
    loadedAt: instant("loaded_at").notNull(),
    /** Set with the counts; from then on the row is history. */
    finishedAt: instant("finished_at"),
  },
  (t) => [
    unique("registration_lists_file_uq").on(t.packId, t.packVersion, t.sha256),
    foreignKey({
      name: "registration_lists_loader_fk",
      columns: [t.loadedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("registration_lists_day_ix").on(t.packId, t.listedOn),
    check("registration_lists_sha256_ck", sql`octet_length(${t.sha256}) = 32`),
  ],
);

/** A registered company the screening found: as the latest list has it, and what triage decided about it. */
export const watchEntries = pgTable(
  "watch_entries",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    /** The 统一社会信用代码, or folded name and place where a list gives none. */
    entryKey: text("entry_key").notNull(),
    uscc: text("uscc"),
    name: text("name").notNull(),
    /** The name as it is searched: half-width, lower case, without spaces. */
    foldedName: text("folded_name").notNull(),
    address: text("address"),
    placeCode: text("place_code"),
    representative: text("representative"),
    scope: text("scope"),
    registeredOn: date("registered_on"),
    /** 登记状态, as the list says it. */
    state: text("state"),
    status: text("status").notNull().default("to_look"),
    statusReason: text("status_reason"),
    statusBy: uuid("status_by"),
    statusAt: instant("status_at"),
    leadId: uuid("lead_id"),
    /** Makes a second, stale decision visible. */
    version: integer("version").notNull().default(1),
    lastListId: uuid("last_list_id").notNull(),
    /** The whole list it was first missing from. */
    goneListId: uuid("gone_list_id"),
  },
  (t) => [
    unique("watch_entries_key_uq").on(t.packId, t.entryKey),
    foreignKey({
      name: "watch_entries_last_list_fk",
      columns: [t.lastListId],
      foreignColumns: [registrationLists.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "watch_entries_gone_list_fk",
      columns: [t.goneListId],
      foreignColumns: [registrationLists.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "watch_entries_decider_fk",
      columns: [t.statusBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({ name: "watch_entries_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("watch_entries_status_ix").on(t.packId, t.status, t.id),
    check("watch_entries_status_ck", sql`${t.status} in ('to_look', 'watching', 'cleared', 'lead_opened')`),
    check(
      "watch_entries_reason_ck",
      sql`${t.status} <> 'cleared' or char_length(coalesce(${t.statusReason}, '')) between 2 and 300`,
    ),
    check("watch_entries_lead_ck", sql`(${t.status} = 'lead_opened') = (${t.leadId} is not null)`),
  ],
);

/** What an entry was found by: a keyword of a pack version in its name or scope. Only ever added to. */
export const watchHits = pgTable(
  "watch_hits",
  {
    id: uuid("id").primaryKey(),
    entryId: uuid("entry_id").notNull(),
    listId: uuid("list_id").notNull(),
    field: text("field").notNull(),
    keyword: text("keyword").notNull(),
    packVersion: text("pack_version").notNull(),
  },
  (t) => [
    unique("watch_hits_once_uq").on(t.entryId, t.field, t.keyword, t.packVersion),
    foreignKey({
      name: "watch_hits_entry_fk",
      columns: [t.entryId],
      foreignColumns: [watchEntries.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "watch_hits_list_fk",
      columns: [t.listId],
      foreignColumns: [registrationLists.id],
    }).onDelete("restrict"),
    index("watch_hits_keyword_ix").on(t.keyword),
    check("watch_hits_field_ck", sql`${t.field} in ('name', 'scope')`),
  ],
);

/** What a list changed about an entry, with its facts as they then were. Only ever added to. */
export const watchVersions = pgTable(
  "watch_versions",
  {
    id: uuid("id").primaryKey(),
    entryId: uuid("entry_id").notNull(),
    listId: uuid("list_id").notNull(),
    kind: text("kind").notNull(),
    facts: jsonb("facts").notNull(),
  },
  (t) => [
    unique("watch_versions_list_uq").on(t.entryId, t.listId),
    foreignKey({
      name: "watch_versions_entry_fk",
      columns: [t.entryId],
      foreignColumns: [watchEntries.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "watch_versions_list_fk",
      columns: [t.listId],
      foreignColumns: [registrationLists.id],
    }).onDelete("restrict"),
    check("watch_versions_kind_ck", sql`${t.kind} in ('first', 'changed', 'gone', 'back')`),
  ],
);
