import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";

/**
 * Reports of each lead, exactly, by the kept numbers (0026): however many there are, nothing is counted anew. A body is
 * told of those it may see alone. Leads without reports are left out.
 */
export async function countTips(tx: Tx, leadIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (leadIds.length === 0) return new Map();
  const asked = sql.join(
    leadIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = await tx.execute<{ id: string; tips: string }>(sql`
    select lead_id as id, sum(tips) as tips from (
      select lead_id, tips from lead_tip_counts where lead_id in (${asked})
      union all select lead_id, tips from lead_tip_deltas where lead_id in (${asked})) told
     group by lead_id having sum(tips) > 0`);
  return new Map(rows.map(({ id, tips }) => [id, Number(tips)]));
}
