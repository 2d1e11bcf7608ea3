import { and, count, desc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staffMails } from "~db/schema/mail";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** Rows shown at once. */
const SHOWN = 100;

export type StaffMailKind =
  "enrolment" | "deadline" | "major" | "supervision" | "calendar" | "plan" | "dispute" | "budget" | "view";

export type StaffMailRow = {
  readonly id: string;
  readonly kind: StaffMailKind;
  readonly status: "waiting" | "sending" | "unsent" | "unknown";
  readonly person: string;
  readonly attempts: number;
  readonly fault: string | null;
  readonly createdAt: Date;
};

export type StaffMailList = {
  readonly counts: Readonly<Record<"waiting" | "sending" | "sent" | "unsent" | "unknown", number>>;
  /** Those that did not leave or whose fate is not known, then those that wait; newest first. */
  readonly mails: readonly StaffMailRow[];
};

/**
 * What became of mail to staff, for administrators and auditors (404 for anyone else): who it is for and what kind, not
 * which lead. An invitation that was sent anew stands in its successor's place.
 */
export async function listStaffMails(db: Database, actor: StaffActor): Promise<StaffMailList> {
  if (!hasRole(actor, "administrator", "auditor")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const counted = await tx
      .select({ status: staffMails.status, n: count() })
      .from(staffMails)
      .groupBy(staffMails.status);
    const of = (status: string) => counted.find((row) => row.status === status)?.n ?? 0;
    const rows = await tx
      .select({
        id: staffMails.id,
        kind: staffMails.kind,
        status: staffMails.status,
        person: staff.displayName,
        attempts: staffMails.attempts,
        fault: staffMails.fault,
        createdAt: staffMails.createdAt,
      })
      .from(staffMails)
      .innerJoin(staff, eq(staff.id, staffMails.staffId))
      .where(
        and(
          inArray(staffMails.status, ["waiting", "sending", "unsent", "unknown"]),
          sql`${staffMails.fault} is distinct from 'superseded'`,
          sql`not exists (select 1 from staff_mails n where n.staff_id = ${staffMails.staffId} and n.kind = 'enrolment'
            and ${staffMails.kind} = 'enrolment' and n.created_at > ${staffMails.createdAt})`,
        ),
      )
      .orderBy(
        sql`${staffMails.status} in ('waiting', 'sending')`,
        desc(staffMails.createdAt),
        desc(staffMails.id),
      )
      .limit(SHOWN);
    return {
      counts: {
        waiting: of("waiting"),
        sending: of("sending"),
        sent: of("sent"),
        unsent: of("unsent"),
        unknown: of("unknown"),
      },
      mails: rows.map((row) => ({
        ...row,
        kind: row.kind as StaffMailKind,
        status: row.status as StaffMailRow["status"],
      })),
    };
  });
}
