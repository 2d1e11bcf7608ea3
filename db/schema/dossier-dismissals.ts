import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { dossiers } from "./leads";
import { staff } from "./staff";

/**
 * Two dossiers somebody judged to be two subjects, so that they are not suggested to each other again. The pair stands
 * once whichever side it was judged from; a judgement taken back stays on record.
 */
export const dossierDismissals = pgTable(
  "dossier_dismissals",
  {
    id: uuid("id").primaryKey(),
    /** The smaller of the two ids. */
    oneId: uuid("one_id").notNull(),
    otherId: uuid("other_id").notNull(),
    reason: text("reason").notNull(),
    dismissedBy: uuid("dismissed_by").notNull(),
    dismissedAt: instant("dismissed_at").notNull(),
    endedBy: uuid("ended_by"),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({
      name: "dossier_dismissals_one_fk",
      columns: [t.oneId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_dismissals_other_fk",
      columns: [t.otherId],
      foreignColumns: [dossiers.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_dismissals_by_fk",
      columns: [t.dismissedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "dossier_dismissals_ender_fk",
      columns: [t.endedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    uniqueIndex("dossier_dismissals_live_uq")
      .on(t.oneId, t.otherId)
      .where(sql`ended_at is null`),
    index("dossier_dismissals_other_ix").on(t.otherId),
    check("dossier_dismissals_two_ck", sql`${t.oneId} < ${t.otherId}`),
    check("dossier_dismissals_reason_ck", sql`char_length(${t.reason}) between 2 and 300`),
    check("dossier_dismissals_ended_ck", sql`(${t.endedAt} is null) = (${t.endedBy} is null)`),
  ],
);
