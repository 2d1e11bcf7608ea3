import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { planDeadlines, planRounds } from "~db/schema/plan";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { addWorkingDays } from "~server/clocks/business-calendar";
import { readCalendar } from "~server/clocks/read-calendar.server";
import type { Pack } from "~server/packs/grammar";
import { planBodies } from "~server/plan/list-plan.server";
import { systemActor } from "~server/staff-auth/actor";

/** Working days before a phase ends, and days after it, within which its bodies are told. */
const BEFORE = 5;
const AFTER = 7;

/**
 * Reminds the bodies of a phase that is not recorded as done for them, once before its day and once after it; triage is
 * told with them. A phase that was moved is told anew. Says how many mails wait.
 */
export async function remindPlan(db: Database, clock: Clock, pack: Pack): Promise<{ mails: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  return withActor(db, systemActor("remind-plan"), async (tx) => {
    const { calendar } = await readCalendar(tx);
    const phases = await tx
      .select({ id: planDeadlines.id, sectors: planDeadlines.sectors })
      .from(planDeadlines)
      .innerJoin(planRounds, eq(planRounds.id, planDeadlines.roundId))
      .where(and(eq(planRounds.packId, pack.id), isNull(planRounds.endedAt)));
    const owed = phases.flatMap(({ id, sectors }) =>
      planBodies(pack, today, sectors).map((body) => ({ id, body })),
    );
    if (owed.length === 0) return { mails: 0 };
    const { rowCount } = await tx.execute(sql`
      insert into staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
      select gen_random_uuid(), s.id, 'plan', jsonb_build_object('deadline', d.id, 'when', d.told),
             concat_ws(':', d.id, d.due_on, d.told), ${at.toISOString()}::timestamptz, ${at.toISOString()}::timestamptz
        from (select p.*, case when p.due_on < ${today}::date then 'passed' else 'near' end as told
                from plan_deadlines p join plan_rounds r on r.id = p.round_id
               where r.ended_at is null and r.pack_id = ${pack.id}
                 and p.due_on between ${addDays(today, -AFTER)}::date
                                  and ${addWorkingDays(calendar, today, BEFORE)}::date) d
        join staff s on s.status = 'active' and s.email is not null
       where exists (select 1 from jsonb_to_recordset(${JSON.stringify(owed)}::jsonb) as o (id uuid, body text)
                       cross join lateral (select o.body as id) b
                      where o.id = d.id and (s.agency_id = b.id and exists (
                               select 1 from staff_roles g where g.staff_id = s.id and g.revoked_at is null
                                  and g.role in ('agency_officer', 'agency_verifier'))
                             or exists (select 1 from staff_roles g where g.staff_id = s.id and g.revoked_at is null
                                         and g.role = 'triage_officer'))
                        and (select t.state from plan_states t where t.deadline_id = d.id and t.agency_id = b.id
                              order by t.recorded_at desc, t.id desc limit 1) is distinct from 'done')
      on conflict (kind, staff_id, cause_key) do nothing`);
    return { mails: rowCount ?? 0 };
  });
}
