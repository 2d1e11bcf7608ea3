import { and, desc, eq, lt, or, sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import { leads } from "~db/schema/leads";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { scopeOf } from "~server/staff-auth/access-table";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

export const EVENTS_A_LIST = 50;

export type EventFilters = {
  readonly action?: string;
  /** Part of the name of the person who acted. */
  readonly person?: string;
  readonly leadNumber?: number;
};

export type ListedEvent = typeof events.$inferSelect & {
  readonly leadNumber: number | null;
  /** The lead it is about, for a link. */
  readonly aboutLeadId: string | null;
  /** The person acted upon, for events about people. */
  readonly about: string | null;
};

/**
 * Events, newest first, 50 at a time: auditors read all of them, administrators only those about people, roles and
 * sign-ins, anyone else none (404). `before` is the `seq` of the last event already shown; `older` says whether
 * there are more.
 */
export async function listEvents(
  db: Database,
  input: { filters: EventFilters; before?: bigint },
  actor: StaffActor,
): Promise<{ events: ListedEvent[]; older: bigint | null }> {
  if (!hasRole(actor, "auditor", "administrator")) throw notFound();
  // Looking at a lead's tips is told by its subject alone: it is no step of the lead's own history.
  const aboutLead = sql`coalesce(${events.leadId}, case when ${events.subjectTable} = 'leads' then ${events.subjectId}::uuid end)`;
  const seesAll = scopeOf("routes/staff.audit", actor.roles) === "portal";
  const scope = seesAll ? sql`true` : eq(events.subjectTable, "staff");
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({ event: events, leadNumber: leads.number, aboutLeadId: leads.id, about: staff.displayName })
      .from(events)
      .leftJoin(leads, eq(leads.id, aboutLead))
      .leftJoin(staff, and(eq(events.subjectTable, "staff"), sql`${staff.id}::text = ${events.subjectId}`))
      .where(
        and(
          scope,
          ...(await conditions(tx, input.filters)),
          input.before === undefined ? undefined : lt(events.seq, input.before),
        ),
      )
      .orderBy(desc(events.seq))
      .limit(EVENTS_A_LIST + 1);
    const shown = rows.slice(0, EVENTS_A_LIST);
    return {
      events: shown.map(({ event, ...about }) => ({ ...event, ...about })),
      older: rows.length > EVENTS_A_LIST ? (shown.at(-1)?.event.seq ?? null) : null,
    };
  });
}

async function conditions(tx: Tx, filters: EventFilters): Promise<(SQL | undefined)[]> {
  const name = filters.person?.replace(/[\\%_]/g, (sign) => `\\${sign}`);
  const all = [
    filters.action ? eq(events.action, filters.action) : undefined,
    name ? sql`${events.actorSnapshot}->>'name' ilike ${`%${name}%`}` : undefined,
  ];
  if (filters.leadNumber === undefined) return all;
  const [lead] = await tx.select({ id: leads.id }).from(leads).where(eq(leads.number, filters.leadNumber));
  if (lead === undefined) return [...all, sql`false`];
  const onLead = and(eq(events.subjectTable, "leads"), eq(events.subjectId, lead.id));
  return [...all, or(eq(events.leadId, lead.id), onLead)];
}
