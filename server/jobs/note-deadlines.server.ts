import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { addWorkingDays } from "~server/clocks/business-calendar";
import { lastDayNear } from "~server/clocks/due-day";
import { lastNearDay } from "~server/clocks/near-clocks.server";
import { NEAR_AT_MOST } from "~server/clocks/near-days";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { runningClocks } from "~server/notifications/read-lead-for-mail.server";
import { systemActor } from "~server/staff-auth/actor";

/** Working days after it at which the body's verifiers and the leading office are told, where the pack says none. */
export const ESCALATE_DAYS = 5;
/** A deadline passed longer ago (in days) was told, or its body had no address yet; the board shows it. */
const PASSED_DAYS = 7;
const ESCALATED_DAYS = 45;
/** Mails about deadlines leave from this hour on, in China. */
const MORNING_HOUR = 8;

/**
 * Has it told, each once a deadline, whoever asks how often (the cause is the row's key): to the officers of the bodies
 * that lead a lead that a running clock of it ends soon (within a fifth of its limit, one to five working days:
 * `nearDays`), and that it has ended; `escalateAfter` working days later also to their verifiers and to the leading office
 * (督办). The answer to a 转办函 the leading office itself waits for, and of a lead of that office alone it is told each
 * time, and no body. A clock that stands still has no deadline. With `packId` only of that pack's leads. Says how many
 * mails wait.
 */
export async function noteDeadlines(
  db: Database,
  clock: Clock,
  escalateAfter: number = ESCALATE_DAYS,
  packId: string | null = null,
): Promise<{ mails: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  const morning = new Date(`${today}T${String(MORNING_HOUR).padStart(2, "0")}:00:00+08:00`);
  const from = (at < morning ? morning : at).toISOString();
  return withActor(db, systemActor("note-deadlines"), async (tx) => {
    const { calendar } = await readCalendar(tx);
    const near = lastDayNear(calendar, NEAR_AT_MOST, today);
    const limitDays = sql`(select c.limit_days from lead_clocks c where c.lead_id = l.id and c.kind = l.clock
      and c.ended_on is null and c.due_on = l.due limit 1)`;
    // Late by so many working days today: due on or before the day so many working days back.
    const escalated = addWorkingDays(calendar, today, -escalateAfter);
    const { rowCount } = await tx.execute(sql`
      insert into staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
      select gen_random_uuid(), s.id, 'deadline',
             jsonb_build_object('lead', d.id, 'number', d.number, 'clock', d.clock, 'due', d.due, 'when', d.told),
             concat_ws(':', d.id, d.clock, d.due, d.told), ${at.toISOString()}::timestamptz, ${from}::timestamptz
        from (select l.*, t.told from (${runningClocks("kept")}) l
                join (values ('near', ${today}::date, ${near}::date),
                             ('passed', ${addDays(today, -PASSED_DAYS)}::date, ${addDays(today, -1)}::date),
                             ('escalated', ${addDays(escalated, -ESCALATED_DAYS)}::date, ${escalated}::date))
                     as t (told, first, last) on l.due between t.first and t.last
                 and (t.told <> 'near' or l.due <= ${lastNearDay(calendar, today, limitDays)})
               where ${packId}::text is null or l.pack_id = ${packId}) d
        join staff s on s.status = 'active' and s.email is not null
       where (not (d.kept or d.office) and exists (select 1 from lead_agencies h
                       where h.lead_id = d.id and h.agency_id = s.agency_id and h.to_at is null
                         and h.relation in ('lead', 'co_lead'))
              and exists (select 1 from staff_roles g
                           where g.staff_id = s.id and g.revoked_at is null
                             and (g.role = 'agency_officer' or d.told = 'escalated' and g.role = 'agency_verifier'))
              or (d.told = 'escalated' or d.kept or d.office) and exists (
                   select 1 from staff_roles g
                    where g.staff_id = s.id and g.revoked_at is null and g.role = 'triage_officer'))
         and not exists (select 1 from lead_recusals r
                          where r.lead_id = d.id and r.staff_id = s.id and r.ended_at is null)
      on conflict (kind, staff_id, cause_key) do nothing`);
    return { mails: rowCount ?? 0 };
  });
}
