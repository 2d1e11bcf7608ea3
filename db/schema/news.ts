import { sql } from "drizzle-orm";
import { bigint, check, date, foreignKey, pgTable, uuid } from "drizzle-orm/pg-core";
import { leads } from "./leads";

/**
 * That there is news for everybody whose report is on a lead: one row an act, however many reports there are. A job
 * makes their notices from it after the act's commit, some at a time, and takes the row away when it has come to the
 * last. Tells a lead and a day, and of no reporter.
 */
export const news = pgTable(
  "news",
  {
    id: uuid("id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
    notedOn: date("noted_on").notNull(),
    /** Arrival numbers of the last report that was looked at, and of the lead's last when the news came. */
    afterNo: bigint("after_no", { mode: "bigint" })
      .notNull()
      .default(sql`0`),
    untilNo: bigint("until_no", { mode: "bigint" }).notNull(),
  },
  (t) => [
    foreignKey({ name: "news_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    check("news_place_ck", sql`${t.afterNo} >= 0 and ${t.afterNo} <= ${t.untilNo}`),
  ],
);
