import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { deletionBatches, deletionItems } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { hashSet, type FrozenItem } from "./hash-set.server";
import { policyOn, yearsOf, type RetentionPolicy } from "./policies";

/** Reports of one set: as many as two people can look through. */
export const BATCH_ITEMS = 200;
/** Days after a refusal before what was refused is proposed again. A setting. */
export const REST_DAYS = 30;

const DRAWER = systemActor("draw-batch");

/**
 * Freezes what is due to be destroyed into a set for two people to judge: none while one is open, nothing under hold,
 * nothing of an award that may still be decided or paid. Says how many reports it holds.
 */
export async function drawBatch(db: Database, clock: Clock): Promise<{ items: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  const policy = policyOn(today);
  if (policy === null) return { items: 0 };
  return withActor(db, DRAWER, async (tx) => {
    // Of two servers' jobs one draws.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('deletion_batches'))`);
    const { rowCount } = await tx.execute(sql`
      select 1 from deletion_batches where state in ('drawn', 'proposed', 'approved')
        or state = 'refused' and refused_at > ${`${addDays(today, -REST_DAYS)}T00:00:00+08:00`}::timestamptz`);
    if (rowCount !== 0) return { items: 0 };
    const items = (await findDue(tx, policy, today)).map((one, at) => ({ ...one, ordinal: at + 1 }));
    if (items.length === 0) return { items: 0 };
    const batchId = uuidv7();
    await tx.insert(deletionBatches).values({
      id: batchId,
      policyVersion: policy.version,
      drawnOn: today,
      items: items.length,
      setSha256: hashSet(items),
    });
    await tx.insert(deletionItems).values(items.map((one) => ({ ...one, id: uuidv7(), batchId })));
    await recordEvent(
      tx,
      {
        action: "retention.drawn",
        subjectTable: "deletion_batches",
        subjectId: batchId,
        data: { reports: items.length, policy: policy.version },
        at,
      },
      DRAWER,
    );
    return { items: items.length };
  });
}

async function findDue(
  tx: Tx,
  policy: RetentionPolicy,
  today: string,
): Promise<Omit<FrozenItem, "ordinal">[]> {
  const due = (basis: ReturnType<typeof sql>, years: ReturnType<typeof sql>) =>
    sql`(${basis} + make_interval(years => ${years}))::date`;
  const closedOn = sql`(l.closed_at at time zone 'Asia/Shanghai')::date`;
  const isFounded = sql`l.closure_code in ('substantiated', 'transferred')`;
  const years = (category: "spam" | "founded" | "unfounded") => sql`${yearsOf(policy, category)}::int`;
  const { rows } = await tx.execute<FrozenItem>(sql`
    select d.tip_id as "tipId", d.category, d.basis_on::text as "basisOn", d.due_on::text as "dueOn",
           d.lead_id as "leadId", d.closure_code as "closureCode",
           (select count(*)::int from tip_messages m where m.tip_id = d.tip_id) as messages,
           (select count(*)::int from tip_files f where f.tip_id = d.tip_id) as files
      from (
        select t.id as tip_id, t.arrival_no, 'spam' as category, t.arrived_on as basis_on,
               ${due(sql`t.arrived_on`, years("spam"))} as due_on, t.lead_id, null as closure_code
          from tips t where t.spam = 'confirmed'
        union all
        select t.id, t.arrival_no, case when ${isFounded} then 'founded' else 'unfounded' end, ${closedOn},
               ${due(closedOn, sql`case when ${isFounded} then ${years("founded")} else ${years("unfounded")} end`)},
               t.lead_id, l.closure_code
          from leads l join tips t on t.lead_id = l.id
         where l.closed_at is not null and t.spam is null
           and not exists (select 1 from legal_holds h where h.ended_at is null
                            and (h.lead_id = l.id or h.dossier_id = l.dossier_id))
      ) d
     where d.due_on <= ${today}::date
       and not exists (select 1 from tombstones s where s.tip_id = d.tip_id)
       and not exists (select 1 from awards a where a.tip_id = d.tip_id
                        and a.status in ('drafted', 'prepared', 'reviewed', 'approved', 'accepted', 'posted'))
       and not exists (select 1 from identity_requests q where q.tip_id = d.tip_id and q.status = 'waiting')
     order by d.due_on, d.arrival_no
     limit ${BATCH_ITEMS}`);
  return rows;
}
