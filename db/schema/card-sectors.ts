import { bigint, boolean, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

/**
 * A card of the board once for each sector its lead has now, in the order of the board: a board of one sector is read and
 * counted from this key alone, however many cards of other sectors lie between. Triggers on lead_cards alone write it
 * (0047), with the card and no longer; who sees a card sees its rows here.
 */
export const cardSectors = pgTable(
  "card_sectors",
  {
    reach: text("reach").notNull(),
    sector: text("sector").notNull(),
    stage: text("stage").notNull(),
    isMajor: boolean("is_major").notNull(),
    number: bigint("number", { mode: "number" }).notNull(),
    leadId: uuid("lead_id").notNull(),
  },
  (t) => [
    primaryKey({
      name: "card_sectors_pk",
      columns: [t.reach, t.sector, t.stage, t.isMajor, t.number, t.leadId],
    }),
  ],
);
