import { inArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";

/** A tip's thread in numbers. */
export type ThreadCount = {
  readonly messages: number;
  /** From the reporter, opened by nobody of staff. */
  readonly unread: number;
  /** A wish to open the matter again that is not answered. */
  readonly wish: boolean;
};

export const EMPTY_THREAD: ThreadCount = { messages: 0, unread: 0, wish: false };

export type TipWithNews = {
  readonly tipId: string;
  /** Place in the order of arrival within the lead, from 1. */
  readonly rank: number;
  readonly unread: number;
  readonly wish: boolean;
};

/** Tips with news a lead's page names at once. */
const NAMED = 20;

/** By tip, in one query; tips nothing was said about are left out. */
export async function countThreads(
  tx: Tx,
  tipIds: readonly string[],
): Promise<ReadonlyMap<string, ThreadCount>> {
  if (tipIds.length === 0) return new Map();
  const rows = await tx
    .select({
      tipId: tipMessages.tipId,
      messages: sql<number>`count(*)::int`,
      unread: sql<number>`(count(*) filter (where direction = 'in' and read_on is null))::int`,
      wish: sql<boolean>`bool_or(kind = 'reopen' and outcome is null)`,
    })
    .from(tipMessages)
    .where(inArray(tipMessages.tipId, [...tipIds]))
    .groupBy(tipMessages.tipId);
  return new Map(rows.map(({ tipId, ...count }) => [tipId, count]));
}

/**
 * The lead's tips with news, in the order of arrival, at most 20, with the rank by which a page finds them. Ranks are
 * counted on from each to the next, so that together they read the lead's reports once, not once each.
 */
export async function findTipsWithNews(tx: Tx, leadId: string): Promise<TipWithNews[]> {
  const { rows } = await tx.execute<{ tip_id: string; rank: string; unread: string; wish: boolean }>(sql`
    with news as (
      select m.tip_id, t.arrival_no, count(*) filter (where m.direction = 'in' and m.read_on is null) as unread,
             bool_or(m.kind = 'reopen' and m.outcome is null) as wish
        from tip_messages m join tips t on t.id = m.tip_id
       where t.lead_id = ${leadId}
         and (m.direction = 'in' and m.read_on is null or m.kind = 'reopen' and m.outcome is null)
       group by m.tip_id, t.arrival_no order by t.arrival_no limit ${NAMED}),
    steps as (select news.*, lag(arrival_no, 1, 0::bigint) over (order by arrival_no) as after_no from news)
    select steps.tip_id, steps.unread, steps.wish,
           sum((select count(*) from tips b where b.lead_id = ${leadId}
                  and b.arrival_no > steps.after_no and b.arrival_no <= steps.arrival_no)) over (order by steps.arrival_no) as rank
      from steps order by steps.arrival_no`);
  return rows.map(({ tip_id, rank, unread, wish }) => ({
    tipId: tip_id,
    rank: Number(rank),
    unread: Number(unread),
    wish,
  }));
}
