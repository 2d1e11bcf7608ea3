import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { amongLeads, missingKeys } from "./missing-keys.server";

export const WAITING_A_PAGE = 20;

export type WaitingLead = {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  /** null where the lead was never dispatched by hand (a pack let its sector go straight). */
  readonly dispatchedAt: Date | null;
  /** Tips whose content key at least one of the bodies waits for. */
  readonly tips: number;
  /** Keys to seal: one a tip and body. */
  readonly keys: number;
  readonly bodies: readonly string[];
};

/** A body that leads running leads and has officers with accounts, but no key: nothing can be handed to it yet. */
export type KeylessBody = { readonly agencyId: string; readonly name: string; readonly leads: number };

/** How many leads' bodies wait for content keys. 404 for anyone but triage. */
export async function countWaitingLeads(db: Database, actor: StaffActor): Promise<number> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, countWaiting);
}

/**
 * The leads whose bodies wait for content keys, dispatched longest ago first, 20 a page. That somebody looked is itself
 * an event. 404 for anyone but triage.
 */
export async function listWaitingLeads(
  db: Database,
  input: { readonly page: number; readonly at: Date },
  actor: StaffActor,
): Promise<{ leads: WaitingLead[]; total: number; keyless: KeylessBody[] }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const { rows } = await tx.execute<WaitingRow>(sql`
      select ${leads.id} as id, ${leads.number} as number, ${leads.name} as name,
             ${leads.dispatchedAt} as dispatched_at, w.tips, w.keys, w.bodies
        from (select m.lead_id, count(distinct m.tip_id)::int as tips, count(*)::int as keys,
                     array_agg(distinct a.name) as bodies
                from (${missingKeys(sql`true`)}) m join agencies a on 'agency:' || a.id = m.slot
               group by m.lead_id) w
        join ${leads} on ${leads.id} = w.lead_id
       order by ${leads.dispatchedAt} nulls first, ${leads.number}
       limit ${WAITING_A_PAGE} offset ${(input.page - 1) * WAITING_A_PAGE}`);
    if (rows.length > 0) {
      await recordEvent(
        tx,
        {
          action: "leads.handover_viewed",
          subjectTable: "sealed_keys",
          subjectId: "waiting",
          data: { page: input.page, leads: rows.length, tips: rows.reduce((sum, { tips }) => sum + tips, 0) },
          at: input.at,
        },
        actor,
      );
    }
    return {
      leads: rows.map(({ dispatched_at, number, ...row }) => ({
        ...row,
        number: Number(number),
        dispatchedAt: dispatched_at === null ? null : new Date(dispatched_at),
      })),
      total: await countWaiting(tx),
      keyless: await keylessBodies(tx, null),
    };
  });
}

/** What one lead's bodies wait for: keys to seal, for which bodies, and bodies that have no key yet. */
export async function readWaitingOf(
  db: Database,
  leadId: string,
  actor: StaffActor,
): Promise<{ tips: number; bodies: string[]; keyless: string[] }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const { rows } = await tx.execute<{ tips: number; bodies: string[] | null }>(sql`
      select count(distinct m.tip_id)::int as tips, array_agg(distinct a.name) as bodies
        from (${missingKeys(amongLeads([leadId]))}) m join agencies a on 'agency:' || a.id = m.slot`);
    const keyless = await keylessBodies(tx, leadId);
    return {
      tips: rows[0]?.tips ?? 0,
      bodies: rows[0]?.bodies ?? [],
      keyless: keyless.map(({ name }) => name),
    };
  });
}

type WaitingRow = {
  id: string;
  number: number | string;
  name: string;
  dispatched_at: string | Date | null;
  tips: number;
  keys: number;
  bodies: string[];
};

/** Each noted lead is looked at as far as its first report that waits, however many do. */
async function countWaiting(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ n: number }>(sql`
    with recursive noted(id) as (
      (select lead_id from key_waits order by lead_id limit 1)
      union all
      select (select o.lead_id from key_waits o where o.lead_id > noted.id order by o.lead_id limit 1)
        from noted where noted.id is not null)
    select count(*)::int as n from noted
     where noted.id is not null and exists (${missingKeys(sql`w.lead_id = noted.id`)})`);
  return rows[0]?.n ?? 0;
}

/** Bodies nobody has an account at are written to (转办函) and are not waited for. */
async function keylessBodies(tx: Tx, leadId: string | null): Promise<KeylessBody[]> {
  const { rows } = await tx.execute<{ id: string; name: string; leads: number }>(sql`
    select a.id, a.name, count(distinct h.lead_id)::int as leads
      from lead_agencies h
      join ${leads} on ${leads.id} = h.lead_id and not ${leads.leadingOfficeOnly} and ${leads.closedAt} is null
      join agencies a on a.id = h.agency_id
     where h.to_at is null and h.relation in ('lead', 'co_lead')
       and ${leadId === null ? sql`true` : amongLeads([leadId])}
       and not exists (select 1 from role_keys r where r.slot = 'agency:' || a.id and r.retired_at is null)
       and exists (select 1 from staff s join staff_roles g on g.staff_id = s.id and g.revoked_at is null
                    where s.agency_id = a.id and s.status = 'active'
                      and g.role in ('agency_officer', 'agency_verifier'))
     group by a.id, a.name order by a.name`);
  return rows.map(({ id, name, leads: held }) => ({ agencyId: id, name, leads: held }));
}
