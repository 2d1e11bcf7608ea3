import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";

/** What waits on a lead: messages nobody of staff has opened, and wishes to open it again that are not answered. */
export type Unread = { readonly unread: number; readonly wishes: number };

export const NOTHING_UNREAD: Unread = { unread: 0, wishes: 0 };

/**
 * By lead, in one query; leads with nothing are left out. Two partial indexes hold all there is to count, however many
 * tips there are; of those only what is on these leads is read (0047). Row-level security leaves out what the person may
 * not read.
 */
export async function countUnreadByLead(
  tx: Tx,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, Unread>> {
  if (leadIds.length === 0) return new Map();
  const asked = sql`m.tip_id = any (array(select n from news)) and t.lead_id = any (${sql.param([...leadIds])}::uuid[])`;
  const { rows } = await tx.execute<{ id: string; unread: string; wishes: string }>(sql`
    with news(n) as materialized (select tips_with_news(${sql.param([...leadIds])}::uuid[]))
    select id, sum(unread) as unread, sum(wishes) as wishes from (
      select t.lead_id as id, 1 as unread, 0 as wishes
        from tip_messages m join tips t on t.id = m.tip_id
       where m.direction = 'in' and m.read_on is null and ${asked}
      union all
      select t.lead_id, 0, 1 from tip_messages m join tips t on t.id = m.tip_id
       where m.kind = 'reopen' and m.outcome is null and ${asked}) waiting
     group by id`);
  return new Map(
    rows.map(({ id, unread, wishes }) => [id, { unread: Number(unread), wishes: Number(wishes) }]),
  );
}
