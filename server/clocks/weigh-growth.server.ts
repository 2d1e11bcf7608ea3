import { sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { addDays } from "~server/clock";
import type { Pack } from "~server/packs/grammar";
import type { Reach } from "~server/routing/lead-facts.server";

/** The id by which an alert names the growth setting; thresholds have ids of their own. */
export const GROWTH_RULE = "setting.growth";

/** Reports of a lead on two days following each other. */
export type Growth = { readonly before: number; readonly today: number };

/**
 * 短时间内发展迅速: reports of one subject double day over day, from a floor up. A setting: no plan gives a number. A first
 * day doubles nothing; the thresholds of the plan judge it.
 */
export function growsFast({ growth }: Pack["limits"], { before, today }: Growth): boolean {
  return before > 0 && today >= growth.floor && today >= growth.factor * before;
}

/** Reports of the day before are counted so far; a lead with more a day that is not 重大 yet is weighed as if it had these. */
const COUNTED = 1_000;

/** For `office` every report counts; else what accuses an official does on a lead of the leading office alone. */
type GrowthOf = { readonly leadId: string; readonly today: string; readonly reach?: Reach };

/**
 * Those of the leads that grow: their reports of today and of the day before are counted, no further than it takes to
 * know, so that of a flood on a lead that is not 重大 each report costs the same.
 */
export async function weighGrowth(
  tx: Tx,
  of: Omit<GrowthOf, "leadId"> & { readonly leadIds: readonly string[]; readonly limits: Pack["limits"] },
): Promise<ReadonlySet<string>> {
  if (of.leadIds.length === 0) return new Set();
  const { floor, factor } = of.limits.growth;
  const before = addDays(of.today, -1);
  const { rows } = await tx.execute<{ leadId: string; before: number; today: number }>(sql`
    select y.lead_id as "leadId", y.n as before, t.n as today
      from unnest(${sql.param([...of.leadIds])}::uuid[]) as lead(id)
     cross join lateral (select lead.id as lead_id, count(*)::int as n from (
         select 1 from tips where lead_id = lead.id and arrived_on = ${before}::date ${counted(of, sql`lead.id`)}
          limit ${COUNTED}) counted) y
     cross join lateral (select count(*)::int as n from (
         select 1 from tips where lead_id = y.lead_id and arrived_on = ${of.today}::date ${counted(of, sql`y.lead_id`)}
          limit ceil(greatest(${floor}::numeric, ${factor}::numeric * y.n))) counted) t
     where y.n > 0`);
  return new Set(rows.filter((row) => growsFast(of.limits, row)).map(({ leadId }) => leadId));
}

/** The whole figures, for the record of a lead that grows. */
export async function readGrowth(tx: Tx, of: GrowthOf): Promise<Growth> {
  return {
    before: await countDay(tx, of, addDays(of.today, -1)),
    today: await countDay(tx, of, of.today),
  };
}

/** Which reports count: none that was withdrawn. */
function counted({ reach }: Pick<GrowthOf, "reach">, leadId: SQL): SQL {
  const open =
    reach === "office"
      ? sql``
      : sql`and (not concerns_official or (select leading_office_only from leads where id = ${leadId}))`;
  return sql`and receipt_closed_why is distinct from 'withdrawn' ${open}`;
}

async function countDay(tx: Tx, of: GrowthOf, day: string): Promise<number> {
  const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from tips
    where lead_id = ${of.leadId} and arrived_on = ${day}::date ${counted(of, sql`${of.leadId}::uuid`)}`);
  return rows[0]?.n ?? 0;
}
