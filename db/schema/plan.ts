import { sql } from "drizzle-orm";
import {
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
import { instant } from "./columns";
import { agencies, staff } from "./staff";

/** A round of the plan this office works by: the document's own dates are history, its phases come again. One runs at a time. */
export const planRounds = pgTable(
  "plan_rounds",
  {
    id: uuid("id").primaryKey(),
    packId: text("pack_id").notNull(),
    title: text("title").notNull(),
    openedBy: uuid("opened_by").notNull(),
    openedAt: instant("opened_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [
    foreignKey({ name: "plan_rounds_staff_fk", columns: [t.openedBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("plan_rounds_running_uq")
      .on(t.packId)
      .where(sql`ended_at is null`),
    check("plan_rounds_title_ck", sql`char_length(${t.title}) between 2 and 60`),
  ],
);

/** A phase of a round and the day it ends. */
export const planDeadlines = pgTable(
  "plan_deadlines",
  {
    id: uuid("id").primaryKey(),
    roundId: uuid("round_id").notNull(),
    /** The pack's id of the phase. */
    phase: text("phase").notNull(),
    title: text("title").notNull(),
    dueOn: date("due_on").notNull(),
    /** The sectors whose bodies it is for; null: all of the plan's. */
    sectors: text("sectors").array(),
  },
  (t) => [
    foreignKey({
      name: "plan_deadlines_round_fk",
      columns: [t.roundId],
      foreignColumns: [planRounds.id],
    }).onDelete("restrict"),
    unique("plan_deadlines_phase_uq").on(t.roundId, t.phase),
    index("plan_deadlines_due_ix").on(t.dueOn),
  ],
);

/** What triage recorded of a body's part in a phase; the last row counts, none means not yet. Rows are only added. */
export const planStates = pgTable(
  "plan_states",
  {
    id: uuid("id").primaryKey(),
    deadlineId: uuid("deadline_id").notNull(),
    agencyId: text("agency_id").notNull(),
    state: text("state").notNull(),
    /** The day it was done or reported. */
    stateOn: date("state_on").notNull(),
    note: text("note"),
    recordedBy: uuid("recorded_by").notNull(),
    recordedAt: instant("recorded_at").notNull(),
  },
  (t) => [
    foreignKey({
      name: "plan_states_deadline_fk",
      columns: [t.deadlineId],
      foreignColumns: [planDeadlines.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "plan_states_agency_fk",
      columns: [t.agencyId],
      foreignColumns: [agencies.id],
    }).onDelete("restrict"),
    foreignKey({
      name: "plan_states_staff_fk",
      columns: [t.recordedBy],
      foreignColumns: [staff.id],
    }).onDelete("restrict"),
    index("plan_states_latest_ix").on(t.deadlineId, t.agencyId, t.recordedAt),
    check("plan_states_state_ck", sql`${t.state} in ('done','not_yet')`),
    check("plan_states_note_ck", sql`${t.note} is null or char_length(${t.note}) <= 300`),
  ],
);
