import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";

/** What waits on a lead: messages nobody of staff has opened, and wishes to open it again that are not answered. */
export type Unread = { readonly unread: number; readonly wishes: number };

export const NOTHING_UNREAD: Unread = { unread: 0, wishes: 0 };

/**
 * By lead, in one query; leads with nothing are left out. Two partial indexes hold all there is to count, however many
 * tips there are. Row-level security leaves out what the person may not read.
 */
export async function countUnreadByLead(
  tx: Tx,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, Unread>> {
  if (leadIds.length === 0) return new Map();
  const asked = sql`t.lead_id in (${sql.join(
    leadIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  )})`;
  const { rows } = await tx.execute<{ id: string; unread: string; wishes: string }>(sql`
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
