import { and, eq, gte, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { addDays } from "~server/clock";
import type { Pack } from "~server/packs/grammar";

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

/** Counts a lead's reports of today and of the day before, by its index; cheap while it is not 重大. */
export async function readGrowth(
  tx: Tx,
  of: { readonly leadId: string; readonly today: string },
): Promise<Growth> {
  const [row] = await tx
    .select({
      today: sql<number>`count(*) filter (where ${tips.arrivedOn} = ${of.today})::int`,
      before: sql<number>`count(*) filter (where ${tips.arrivedOn} = ${addDays(of.today, -1)})::int`,
    })
    .from(tips)
    .where(and(eq(tips.leadId, of.leadId), gte(tips.arrivedOn, addDays(of.today, -1))));
  return { today: row?.today ?? 0, before: row?.before ?? 0 };
}
