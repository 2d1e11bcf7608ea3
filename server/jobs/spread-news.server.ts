import { and, asc, eq, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { news } from "~db/schema/news";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";

/** Reports looked at in one transaction, and transactions of one run: mail to staff does not wait for all of a flood. */
const BATCH = 1_000;
const A_RUN = 60;

/**
 * Makes the notices of news about leads: one for each report whose reporter left an address, whose receipt opens, and
 * which was on the lead when the news came; none where one waits already. How far it came is noted in the transaction
 * that makes the notices, so that cut off anywhere it goes on there and makes none twice; two servers take different
 * news, or wait for nothing. Says how many notices wait more than before.
 */
export async function spreadNews(
  db: Database,
  options: { readonly keepOn?: () => boolean; readonly batch?: number } = {},
): Promise<{ notices: number }> {
  let notices = 0;
  for (let run = 0; run < A_RUN && (options.keepOn?.() ?? true); run += 1) {
    const made = await withActor(db, systemActor("spread-news"), (tx) =>
      spreadSome(tx, options.batch ?? BATCH),
    );
    if (made === null) break;
    notices += made;
  }
  return { notices };
}

/** null where no news is left, or another server has it. */
async function spreadSome(tx: Tx, batch: number): Promise<number | null> {
  const [one] = await tx
    .select()
    .from(news)
    .orderBy(asc(news.notedOn), asc(news.id))
    .limit(1)
    .for("update", { skipLocked: true });
  if (one === undefined) return null;
  const reached = await tx.execute<{ last: string | null; seen: string }>(sql`
    select max(arrival_no)::text as last, count(*)::text as seen from (
      select arrival_no from tips
       where lead_id = ${one.leadId} and arrival_no > ${one.afterNo} and arrival_no <= ${one.untilNo}
       order by arrival_no limit ${batch}) piece`);
  const { last = null, seen = "0" } = reached.rows[0] ?? {};
  const made = last === null ? 0 : await makeNotices(tx, one, BigInt(last));
  // The row is this transaction's: nobody else moved it meanwhile.
  const place = and(eq(news.id, one.id), eq(news.afterNo, one.afterNo));
  if (last === null || Number(seen) < batch) await tx.delete(news).where(place);
  else
    await tx
      .update(news)
      .set({ afterNo: BigInt(last) })
      .where(place);
  return made;
}

/** The reports are held: a receipt that is closed at this moment is waited for, and gets none. */
async function makeNotices(tx: Tx, one: typeof news.$inferSelect, last: bigint): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    insert into notices (id, tip_id, raised_on, language)
    select gen_random_uuid(), told.id, ${one.notedOn}::date, told.language from (
      select t.id, t.language from tips t
        join sealed_values v on v.owner_table = 'tips' and v.owner_id = t.id and v.field = 'contact'
       where t.lead_id = ${one.leadId} and t.arrival_no > ${one.afterNo} and t.arrival_no <= ${last}
         and t.receipt_closed_on is null
       order by t.arrival_no for share of t) told
    on conflict (tip_id) where status = 'waiting' do nothing`);
  return rowCount ?? 0;
}
