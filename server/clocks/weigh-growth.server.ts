import { sql } from "drizzle-orm";
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
 * Counts a lead's reports of today and of the day before, no further than it takes to know whether they grow: of a
 * flood on a lead that is not 重大 each report costs the same.
 */
export async function weighGrowth(tx: Tx, of: GrowthOf & { limits: Pack["limits"] }): Promise<boolean> {
  const { floor, factor } = of.limits.growth;
  const before = await countDay(tx, of, addDays(of.today, -1), COUNTED);
  if (before === 0) return false;
  const today = await countDay(tx, of, of.today, Math.ceil(Math.max(floor, factor * before)));
  return growsFast(of.limits, { before, today });
}

/** The whole figures, for the record of a lead that grows. */
export async function readGrowth(tx: Tx, of: GrowthOf): Promise<Growth> {
  return {
    before: await countDay(tx, of, addDays(of.today, -1), null),
    today: await countDay(tx, of, of.today, null),
  };
}

async function countDay(
  tx: Tx,
  { leadId, reach }: GrowthOf,
  day: string,
  most: number | null,
): Promise<number> {
  const counts =
    reach === "office"
      ? sql``
      : sql`and (not concerns_official or (select leading_office_only from leads where id = ${leadId}))`;
  const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from (
    select 1 from tips where lead_id = ${leadId} and arrived_on = ${day}::date
       and receipt_closed_why is distinct from 'withdrawn' ${counts} limit ${most}) counted`);
  return rows[0]?.n ?? 0;
}
