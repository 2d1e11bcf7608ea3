import { foreignKey, index, pgTable, uuid } from "drizzle-orm/pg-core";
import { tips } from "./intake";
import { leads } from "./leads";

/**
 * Reports whose leading bodies may wait for a content key: all that do, and some that no longer do until the portal has
 * settled (0040). Written by triggers alone, so that nobody looks through every report for the few that wait.
 */
export const keyWaits = pgTable(
  "key_waits",
  {
    tipId: uuid("tip_id").primaryKey(),
    leadId: uuid("lead_id").notNull(),
  },
  (t) => [
    foreignKey({ name: "key_waits_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "key_waits_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("key_waits_lead_ix").on(t.leadId),
  ],
);
