import { asc, count, eq, min } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { notices } from "~db/schema/mail";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** Notices that did not leave, shown at once. */
const SHOWN = 50;

export type StuckNotice = {
  readonly id: string;
  /** YYYY-MM-DD */
  readonly raisedOn: string;
  readonly attempts: number;
  readonly fault: string | null;
};

export type NoticeDesk = {
  readonly counts: Readonly<
    Record<"waiting" | "sending" | "sent" | "unsent" | "unknown" | "dropped", number>
  >;
  /** The day of the news that has waited longest (`YYYY-MM-DD`); null where none waits. */
  readonly since: string | null;
  readonly unsent: readonly StuckNotice[];
  readonly unknown: readonly StuckNotice[];
};

/** How many notices wait and since when, and which did not leave. For the notice desk and auditors; 404 for anyone else. */
export async function readNoticeDesk(db: Database, actor: StaffActor): Promise<NoticeDesk> {
  if (!hasRole(actor, "notice_desk", "auditor")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({ status: notices.status, n: count(), since: min(notices.raisedOn) })
      .from(notices)
      .groupBy(notices.status);
    const of = (status: string) => rows.find((row) => row.status === status);
    const stuck = (status: string) =>
      tx
        .select({
          id: notices.id,
          raisedOn: notices.raisedOn,
          attempts: notices.attempts,
          fault: notices.fault,
        })
        .from(notices)
        .where(eq(notices.status, status))
        .orderBy(asc(notices.raisedOn), asc(notices.id))
        .limit(SHOWN);
    const names = ["waiting", "sending", "sent", "unsent", "unknown", "dropped"] as const;
    return {
      counts: Object.fromEntries(names.map((name) => [name, of(name)?.n ?? 0])) as NoticeDesk["counts"],
      since: of("waiting")?.since ?? null,
      unsent: await stuck("unsent"),
      unknown: await stuck("unknown"),
    };
  });
}
