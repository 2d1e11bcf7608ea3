import { sql } from "drizzle-orm";
import { bigint, check, date, foreignKey, index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { leads } from "./leads";

/**
 * Everything anyone did, written in the transaction that did it and never changed. Holds no sensitive value.
 * A reporter's act carries a date only (secrecy.md).
 */
export const events = pgTable(
  "events",
  {
    id: uuid("id").primaryKey(),
    seq: bigint("seq", { mode: "bigint" }).generatedAlwaysAsIdentity(),
    recordedOn: date("recorded_on").notNull(),
    recordedAt: instant("recorded_at"),
    actorKind: text("actor_kind").notNull(),
    actorId: uuid("actor_id"),
    /** Name, agency and roles as they were at that moment. */
    actorSnapshot: jsonb("actor_snapshot"),
    action: text("action").notNull(),
    leadId: uuid("lead_id"),
    subjectTable: text("subject_table").notNull(),
    subjectId: text("subject_id").notNull(),
    data: jsonb("data")
      .notNull()
      .default(sql`'{}'::jsonb`),
  },
  (t) => [
    foreignKey({ name: "events_lead_fk", columns: [t.leadId], foreignColumns: [leads.id] }).onDelete(
      "restrict",
    ),
    index("events_lead_ix").on(t.leadId, t.seq),
    index("events_subject_ix").on(t.subjectTable, t.subjectId, t.seq),
    check("events_actor_ck", sql`${t.actorKind} in ('reporter','staff','system')`),
    check("events_staff_ck", sql`(${t.actorKind} = 'staff') = (${t.actorId} is not null)`),
    check("events_reporter_time_ck", sql`${t.actorKind} <> 'reporter' or ${t.recordedAt} is null`),
  ],
);
