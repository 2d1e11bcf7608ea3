import { and, asc, eq, inArray, isNull, lt, max, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { calendarLists, clockPauses, leadClocks } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvents, type EventInput } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { dueDay, type LimitKind } from "./due-day";
import { readCalendar } from "./read-calendar.server";
import { toldOnLead } from "./told-on-lead.server";

const ACTOR = systemActor("recompute-clocks");

/** Clocks counted in one transaction, and in one run; the hourly job goes on where it stopped. */
const BATCH = 500;
const A_RUN = 100_000;

/**
 * Counts running clocks anew that were counted before the last calendar list came. Those whose day moves are recorded on
 * their lead, and the officers of its bodies are told once a list. Says how many moved.
 */
export async function recomputeClocks(
  db: Database,
  clock: Clock,
): Promise<{ counted: number; moved: number }> {
  let [counted, moved] = [0, 0];
  for (let last = BATCH; last === BATCH && counted < A_RUN; counted += last) {
    const done = await withActor(db, ACTOR, (tx) => recomputeSome(tx, clock.now()));
    last = done.counted;
    moved += done.moved;
  }
  return { counted, moved };
}

async function recomputeSome(tx: Tx, at: Date): Promise<{ counted: number; moved: number }> {
  const [newest] = await tx.select({ listNo: max(calendarLists.listNo) }).from(calendarLists);
  const stale = await tx
    .select()
    .from(leadClocks)
    .where(and(isNull(leadClocks.endedOn), lt(leadClocks.calendarNo, newest?.listNo ?? 0)))
    .orderBy(asc(leadClocks.calendarNo), asc(leadClocks.id))
    .limit(BATCH)
    .for("update", { skipLocked: true });
  if (stale.length === 0) return { counted: 0, moved: 0 };
  const { calendar, listNo } = await readCalendar(tx);
  const ids = stale.map(({ id }) => id);
  const pauses = await tx
    .select({ clockId: clockPauses.clockId, fromOn: clockPauses.fromOn, toOn: clockPauses.toOn })
    .from(clockPauses)
    .where(inArray(clockPauses.clockId, ids));
  const events: EventInput[] = [];
  const movedLeads: string[] = [];
  for (const row of stale) {
    const dueOn = dueDay(calendar, {
      startedOn: row.startedOn,
      limitKind: row.limitKind as LimitKind,
      days: row.limitDays + row.extendedDays,
      pauses: pauses.filter(({ clockId }) => clockId === row.id),
    });
    if (dueOn === row.dueOn) continue;
    await tx.update(leadClocks).set({ dueOn, calendarNo: listNo }).where(eq(leadClocks.id, row.id));
    const told = await toldOnLead(tx, row);
    if (told.leadId !== undefined) movedLeads.push(told.leadId);
    events.push({
      action: "clock.recomputed",
      subjectTable: "lead_clocks",
      subjectId: row.id,
      ...told,
      data: {
        clock: row.kind,
        ...(row.dueOn === null ? {} : { before: row.dueOn }),
        ...(dueOn === null ? {} : { due: dueOn }),
      },
      at,
    });
  }
  await tx.update(leadClocks).set({ calendarNo: listNo }).where(inArray(leadClocks.id, ids));
  await recordEvents(tx, events, ACTOR);
  if (movedLeads.length > 0) await tellBodies(tx, { leadIds: movedLeads, listNo, at });
  return { counted: stale.length, moved: events.length };
}

async function tellBodies(tx: Tx, of: { leadIds: string[]; listNo: number; at: Date }): Promise<void> {
  const at = of.at.toISOString();
  await tx.execute(sql`
    insert into staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
    select gen_random_uuid(), s.id, 'calendar', jsonb_build_object('list', ${of.listNo}::bigint), ${String(of.listNo)},
           ${at}::timestamptz, ${at}::timestamptz
      from staff s
     where s.status = 'active' and s.email is not null
       and exists (select 1 from staff_roles g where g.staff_id = s.id and g.role = 'agency_officer' and g.revoked_at is null)
       and exists (select 1 from lead_agencies h join leads l on l.id = h.lead_id
                    where h.lead_id in ${of.leadIds} and h.agency_id = s.agency_id and h.to_at is null
                      and h.relation in ('lead', 'co_lead') and not l.leading_office_only
                      and not exists (select 1 from lead_recusals r
                                       where r.lead_id = l.id and r.staff_id = s.id and r.ended_at is null))
    on conflict (kind, staff_id, cause_key) do nothing`);
}
