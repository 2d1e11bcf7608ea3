import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { runningClocks } from "~server/notifications/read-lead-for-mail.server";
import { systemActor } from "~server/staff-auth/actor";

/** Days before a deadline on which officers are told; the board's own mark for a near deadline. */
export const NEAR_DAYS = 3;
/** A deadline passed longer ago was told, or its body had no address yet; the board shows it. */
const PASSED_DAYS = 7;
/** Mails about deadlines leave from this hour on, in China. */
const MORNING_HOUR = 8;

/**
 * Has the officers of the bodies that lead a lead told that its running clock ends in three days or less, and again when
 * it has ended: each once a deadline, whoever asks how often (the cause is the row's key). Says how many mails wait.
 */
export async function noteDeadlines(db: Database, clock: Clock): Promise<{ mails: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  const morning = new Date(`${today}T${String(MORNING_HOUR).padStart(2, "0")}:00:00+08:00`);
  const from = (at < morning ? morning : at).toISOString();
  return withActor(db, systemActor("note-deadlines"), async (tx) => {
    const { rowCount } = await tx.execute(sql`
      insert into staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
      select gen_random_uuid(), s.id, 'deadline',
             jsonb_build_object('lead', d.id, 'number', d.number, 'clock', d.clock, 'due', d.due, 'when', d.told),
             concat_ws(':', d.id, d.clock, d.due, d.told), ${at.toISOString()}::timestamptz, ${from}::timestamptz
        from (select l.*, case when l.due < ${today}::date then 'passed' else 'near' end as told
                from (${runningClocks()}) l) d
        join lead_agencies h on h.lead_id = d.id and h.to_at is null and h.relation in ('lead', 'co_lead')
        join staff s on s.agency_id = h.agency_id and s.status = 'active' and s.email is not null
       where d.due between ${addDays(today, -PASSED_DAYS)}::date and ${addDays(today, NEAR_DAYS)}::date
         and exists (select 1 from staff_roles g
                      where g.staff_id = s.id and g.role = 'agency_officer' and g.revoked_at is null)
         and not exists (select 1 from lead_recusals r
                          where r.lead_id = d.id and r.staff_id = s.id and r.ended_at is null)
      on conflict (kind, staff_id, cause_key) do nothing`);
    return { mails: rowCount ?? 0 };
  });
}
