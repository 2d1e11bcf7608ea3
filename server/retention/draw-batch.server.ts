import { sql, type SQL } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { deletionBatches, deletionItems } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { hashSet, type FrozenItem } from "./hash-set.server";
import { policyOn, yearsOf, type DeletableCategory, type RetentionPolicy } from "./policies";

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

/** A category's days are up where the basis lies before this: a day to spare, since 29 February has no equal each year. */
function upBefore(policy: RetentionPolicy, category: DeletableCategory, today: string): string {
  const [year = 0, month = 1, day = 1] = today.split("-").map(Number);
  return new Date(Date.UTC(year - yearsOf(policy, category), month - 1, day + 2)).toISOString().slice(0, 10);
}

/**
 * What is due, the oldest first. Each category is walked by the index of its own basis up to where its days are up, no
 * further than a set: what is kept still costs nothing, however much it is.
 */
async function findDue(
  tx: Tx,
  policy: RetentionPolicy,
  today: string,
): Promise<Omit<FrozenItem, "ordinal">[]> {
  const due = (basis: SQL, category: DeletableCategory) =>
    sql`(${basis} + make_interval(years => ${yearsOf(policy, category)}::int))::date`;
  const closedOn = sql`(l.closed_at at time zone 'Asia/Shanghai')::date`;
  // Nothing destroyed already, nothing of an award that may still be decided or paid.
  const free = sql`not exists (select 1 from tombstones s where s.tip_id = t.id)
    and not exists (select 1 from awards a where a.tip_id = t.id
                     and a.status in ('drafted', 'prepared', 'reviewed', 'approved', 'accepted', 'posted'))
    and not exists (select 1 from identity_requests q where q.tip_id = t.id and q.status = 'waiting')`;
  const ended = (category: "founded" | "unfounded") => sql`(
    select t.id as tip_id, t.arrival_no, ${category} as category, ${closedOn} as basis_on,
           ${due(closedOn, category)} as due_on, t.lead_id, l.closure_code
      from leads l join tips t on t.lead_id = l.id
     where l.closed_at < ${`${upBefore(policy, category, today)}T00:00:00+08:00`}::timestamptz and t.spam is null
       and l.closure_code ${category === "founded" ? sql`in` : sql`not in`} ('substantiated', 'transferred')
       and ${due(closedOn, category)} <= ${today}::date
       and not exists (select 1 from legal_holds h where h.ended_at is null
                        and (h.lead_id = l.id or h.dossier_id = l.dossier_id))
       and ${free}
     order by l.closed_at limit ${BATCH_ITEMS})`;
  const { rows } = await tx.execute<FrozenItem>(sql`
    select d.tip_id as "tipId", d.category, d.basis_on::text as "basisOn", d.due_on::text as "dueOn",
           d.lead_id as "leadId", d.closure_code as "closureCode",
           (select count(*)::int from tip_messages m where m.tip_id = d.tip_id) as messages,
           (select count(*)::int from tip_files f where f.tip_id = d.tip_id) as files
      from (
        (select t.id as tip_id, t.arrival_no, 'spam' as category, t.arrived_on as basis_on,
                ${due(sql`t.arrived_on`, "spam")} as due_on, t.lead_id, null as closure_code
           from tips t where t.spam = 'confirmed' and ${due(sql`t.arrived_on`, "spam")} <= ${today}::date and ${free}
          order by t.arrival_no limit ${BATCH_ITEMS})
        union all ${ended("unfounded")}
        union all ${ended("founded")}
      ) d
     order by d.due_on, d.arrival_no
     limit ${BATCH_ITEMS}`);
  return rows;
}
