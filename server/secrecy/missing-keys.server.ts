import { inArray, sql, type SQL } from "drizzle-orm";
import { validate } from "uuid";
import { leads } from "~db/schema/leads";

export type MissingKey = {
  tip_id: string;
  lead_id: string;
  role_key_id: string;
  slot: string;
  epoch: number;
  public_key: Buffer;
};

/**
 * Tips and the live keys of the bodies leading their leads that the content is not sealed to yet. Leads kept to the
 * leading office, ended leads, and tips that concern an official are never among them. Only reports noted in key_waits
 * are looked at (0040): all that wait, noted under the lead they are on, and few others. Those of a lead are then found by
 * their notes, also by a plan kept for any lead, which does not know that one of them holds a tenth of all reports. Rows of `w` (notes), `t` (tips), `r` (keys) and leads may be named
 * in `where`.
 */
export function missingKeys(where: SQL): SQL {
  return sql`
    select t.id as tip_id, ${leads.id} as lead_id, r.id as role_key_id, r.slot, r.epoch, r.public_key
      from key_waits w
      join tips t on t.id = w.tip_id
      join ${leads} on ${leads.id} = t.lead_id and ${leads.id} = w.lead_id and not ${leads.leadingOfficeOnly} and ${leads.closedAt} is null
      join lead_agencies h on h.lead_id = ${leads.id} and h.to_at is null and h.relation in ('lead', 'co_lead')
      join role_keys r on r.slot = 'agency:' || h.agency_id and r.retired_at is null
     where ${where} and not t.concerns_official
       and exists (select 1 from sealed_keys o where o.owner_table = 'tips' and o.owner_id = t.id
                     and o.record = 'content')
       and not exists (select 1 from sealed_keys k where k.owner_table = 'tips' and k.owner_id = t.id
                         and k.record = 'content' and k.role_key_id = r.id)`;
}

/** Only these leads; what is no id names none. */
export function amongLeads(leadIds: readonly string[]): SQL {
  const ids = leadIds.filter((id) => validate(id));
  return ids.length === 0 ? sql`false` : inArray(leads.id, ids);
}
