import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";

export type Colleague = { readonly id: string; readonly name: string; readonly open: number };

/** Those who work on leads of a person's board, with how many open ones each has; and those nobody works on. */
export async function listPeople(db: Database, actor: StaffActor): Promise<{ people: Colleague[] }> {
  const reach = boardReach(actor);
  if (reach === null) return { people: [] };
  return withActor(db, actor, async (tx) => ({ people: await listColleagues(tx, reach) }));
}

/** The officers who may be given leads of a reach at all, by name, the first 200; which lead, the act decides. */
export async function listColleagues(tx: Tx, reach: string): Promise<Colleague[]> {
  const { rows } = await tx.execute<{ id: string; name: string; open: string }>(sql`
    select s.id, s.display_name as name, (select count(*) from lead_cards c where c.reach = ${reach}
             and c.assignee_id = s.id and c.stage not in ('closed', 'rejected')) as open
      from staff s
     where s.status = 'active' and exists (select 1 from staff_roles r where r.staff_id = s.id and r.revoked_at is null
       and case when ${reach} = '' then r.role = 'triage_officer'
           else r.role = 'agency_officer' and s.agency_id = ${reach} end)
     order by s.display_name, s.id limit 200`);
  return rows.map(({ id, name, open }) => ({ id, name, open: Number(open) }));
}
