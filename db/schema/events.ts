import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";
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
    // The sealer and the audit page walk the trail in this order.
    uniqueIndex("events_seq_uq").on(t.seq),
    index("events_subject_ix").on(t.subjectTable, t.subjectId, t.seq),
    check("events_actor_ck", sql`${t.actorKind} in ('reporter','staff','system')`),
    check("events_staff_ck", sql`(${t.actorKind} = 'staff') = (${t.actorId} is not null)`),
    check("events_reporter_time_ck", sql`${t.actorKind} <> 'reporter' or ${t.recordedAt} is null`),
  ],
);

/**
 * The hash chain over the trail, laid by one sealer at a time in batches: each link is SHA-256 over the link before
 * and the event's canonical bytes, so that a changed, removed or slipped-in event breaks every link after it.
 */
export const eventChain = pgTable(
  "event_chain",
  {
    /** 1, 2, 3 … without gaps. */
    position: bigint("position", { mode: "bigint" }).primaryKey(),
    eventId: uuid("event_id").notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [
    unique("event_chain_event_uq").on(t.eventId),
    foreignKey({ name: "event_chain_event_fk", columns: [t.eventId], foreignColumns: [events.id] }).onDelete(
      "restrict",
    ),
    check("event_chain_hash_ck", sql`octet_length(${t.hash}) = 32`),
  ],
);

/** The chain's last link of each day, published on /verify and kept as a file elsewhere. */
export const auditRoots = pgTable(
  "audit_roots",
  {
    day: date("day").primaryKey(),
    position: bigint("position", { mode: "bigint" }).notNull(),
    hash: bytea("hash").notNull(),
    madeAt: instant("made_at")
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    foreignKey({
      name: "audit_roots_position_fk",
      columns: [t.position],
      foreignColumns: [eventChain.position],
    }).onDelete("restrict"),
    check("audit_roots_hash_ck", sql`octet_length(${t.hash}) = 32`),
  ],
);
