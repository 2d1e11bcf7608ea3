import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { tips } from "./intake";
import { staff } from "./staff";

/**
 * That a reporter who left an address has news. The address is sealed to the notice desk, whose browser opens it and
 * sends the waiting ones; the mail says that there is news, nothing more. One waiting notice a tip; what is new while a
 * mail is under way waits for the next. Dates only.
 */
export const notices = pgTable(
  "notices",
  {
    id: uuid("id").primaryKey(),
    tipId: uuid("tip_id").notNull(),
    status: text("status").notNull().default("waiting"),
    raisedOn: date("raised_on").notNull(),
    /** The tip's, which the notice desk does not see: the language of the mail. */
    language: text("language").notNull(),
    /** `unsent` after a refusal for good; `unknown` when the mail server's answer was lost: never sent twice by itself. */
    attempts: integer("attempts").notNull().default(0),
    /** A mail server's code alone (`550`, `timeout`): its text may repeat the address. */
    fault: text("fault"),
    handledBy: uuid("handled_by"),
    handledOn: date("handled_on"),
    /** Since when a mail is on its way, and only while it is: one that never came to its end is found by it. */
    claimedAt: instant("claimed_at"),
  },
  (t) => [
    foreignKey({ name: "notices_tip_fk", columns: [t.tipId], foreignColumns: [tips.id] }).onDelete(
      "restrict",
    ),
    foreignKey({ name: "notices_handler_fk", columns: [t.handledBy], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("notices_waiting_uq")
      .on(t.tipId)
      .where(sql`status = 'waiting'`),
    index("notices_stuck_ix")
      .on(t.tipId)
      .where(sql`status in ('unsent', 'unknown')`),
    index("notices_queue_ix")
      .on(t.raisedOn, t.id)
      .where(sql`status in ('waiting', 'sending', 'unsent', 'unknown')`),
    check(
      "notices_status_ck",
      sql`${t.status} in ('waiting', 'sending', 'sent', 'unsent', 'unknown', 'dropped')`,
    ),
    check("notices_language_ck", sql`${t.language} in ('zh-CN', 'en')`),
    check("notices_claim_ck", sql`(${t.status} = 'sending') = (${t.claimedAt} is not null)`),
    check("notices_fault_ck", sql`${t.fault} ~ '^[a-z0-9_]{1,20}$'`),
  ],
);

/**
 * Mail to staff that waits to be sent after its transaction's commit. Holds ids, days and an invitation's address, never
 * a link or a token: what is secret in a mail is made while it is sent.
 */
export const staffMails = pgTable(
  "staff_mails",
  {
    id: uuid("id").primaryKey(),
    staffId: uuid("staff_id").notNull(),
    kind: text("kind").notNull(),
    data: jsonb("data").notNull(),
    /** One mail a cause: a deadline passed over by two processes is told once. */
    causeKey: text("cause_key").notNull(),
    status: text("status").notNull().default("waiting"),
    attempts: integer("attempts").notNull().default(0),
    fault: text("fault"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
    /** When it may be tried; while it is being sent, when it counts as lost. Of 重大 always its day (0021, 0023). */
    nextAt: instant("next_at")
      .notNull()
      .default(sql`now()`),
    sentAt: instant("sent_at"),
  },
  (t) => [
    foreignKey({ name: "staff_mails_staff_fk", columns: [t.staffId], foreignColumns: [staff.id] }).onDelete(
      "restrict",
    ),
    uniqueIndex("staff_mails_cause_uq").on(t.kind, t.staffId, t.causeKey),
    index("staff_mails_queue_ix")
      .on(t.nextAt)
      .where(sql`status in ('waiting', 'sending')`),
    check(
      "staff_mails_kind_ck",
      sql`${t.kind} in ('enrolment', 'deadline', 'major', 'supervision', 'calendar', 'plan', 'dispute', 'budget', 'view')`,
    ),
    check("staff_mails_status_ck", sql`${t.status} in ('waiting', 'sending', 'sent', 'unsent', 'unknown')`),
    check("staff_mails_fault_ck", sql`${t.fault} ~ '^[a-z0-9_]{1,20}$'`),
    check(
      "staff_mails_major_ck",
      sql`${t.kind} <> 'major' or ${t.nextAt} = ${t.createdAt} and coalesce(${t.sentAt}, ${t.createdAt}) = ${t.createdAt} and ${t.attempts} <= 1`,
    ),
    check("staff_mails_data_ck", sql`octet_length(${t.data}::text) <= 1000`),
  ],
);
