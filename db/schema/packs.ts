import { sql } from "drizzle-orm";
import { date, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/**
 * Every version of a jurisdiction pack that has ever decided something. A decision names its version,
 * so a version is written once and never changed (migration 0001 keeps that).
 */
export const packs = pgTable(
  "packs",
  {
    packId: text("pack_id").notNull(),
    version: text("version").notNull(),
    sha256: text("sha256").notNull(),
    content: jsonb("content").notNull(),
    loadedAt: instant("loaded_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [primaryKey({ name: "packs_pk", columns: [t.packId, t.version] })],
);

/** Every version of a reward scheme that has been loaded; written once, never changed (ledger invariant 13). */
export const schemes = pgTable(
  "schemes",
  {
    schemeId: text("scheme_id").notNull(),
    version: text("version").notNull(),
    sha256: text("sha256").notNull(),
    content: jsonb("content").notNull(),
    effectiveFrom: date("effective_from").notNull(),
    effectiveTo: date("effective_to"),
    /** Versions of one line follow each other, also under different ids; alone, a scheme is its own line. */
    line: text("line")
      .notNull()
      .generatedAlwaysAs(sql`coalesce(content->>'line', scheme_id)`),
    loadedAt: instant("loaded_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [primaryKey({ name: "schemes_pk", columns: [t.schemeId, t.version] })],
);

/** Which pack and default scheme this installation runs, and whether it is a demonstration. One row a setting. */
export const settings = pgTable("settings", {
  key: text("key").primaryKey(),
  value: jsonb("value").notNull(),
  setAt: instant("set_at")
    .notNull()
    .default(sql`now()`),
});
