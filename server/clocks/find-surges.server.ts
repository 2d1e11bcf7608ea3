import { sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvents } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import type { Pack } from "~server/packs/grammar";
import { systemActor } from "~server/staff-auth/actor";

const ACTOR = systemActor("find-surges");

/** Alerts one run raises at most; what else jumps is found by the next. */
const A_RUN = 100;

/** Notes of reports added up in one transaction. */
const NOTES = 10_000;

/**
 * Finds subjects and places whose reports jump: today's count reaches the floor and the factor times the daily average
 * of the days before. Adds up what reports noted since the last run (0041), and looks at today's counts from the floor up
 * alone, so that it costs what came meanwhile, however many reports there are. One open alert a subject or place, one a
 * day. Leads of `others` (packs held beside the home one) are judged by their own limits. Says how many it raised.
 */
export async function findSurges(
  db: Database,
  clock: Clock,
  { surge }: Pick<Pack["limits"], "surge">,
  others: readonly ({ readonly packId: string } & Pick<Pack["limits"], "surge">)[] = [],
): Promise<{ raised: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  while ((await settleTallies(db, NOTES)) === NOTES);
  return withActor(db, ACTOR, async (tx) => {
    // One at a time: two dropping old days at once would wait on each other's rows.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('find-surges', 0))`);
    const all = [surge, ...others.map((one) => one.surge)];
    const oldest = addDays(today, -Math.max(...all.map(({ trailingDays }) => trailingDays)) - 7);
    await tx.execute(sql`delete from tip_tallies where day < ${oldest}::date`);
    const elsewhere = JSON.stringify(others.map(({ packId }) => packId));
    const home = await raise(
      tx,
      { surge, at },
      sql`n.kind = 'place' or exists (select 1 from leads l where l.id::text = n.key and l.closed_at is null
            and not (${elsewhere}::jsonb ? l.pack_id))`,
    );
    let raised = home;
    for (const { packId, surge: own } of others) {
      raised += await raise(
        tx,
        { surge: own, at },
        sql`n.kind = 'lead' and exists (select 1 from leads l where l.id::text = n.key and l.closed_at is null
              and l.pack_id = ${packId})`,
      );
    }
    return { raised };
  });
}

/** Raises what jumps among the tallies `among` picks, by one plan's limits. Says how many. */
async function raise(
  tx: Tx,
  { surge, at }: Pick<Pack["limits"], "surge"> & { readonly at: Date },
  among: SQL,
): Promise<number> {
  const today = chinaDay(at);
  const { rows } = await tx.execute<{ id: string; leadId: string | null }>(sql`
      insert into alerts (id, kind, lead_id, place, rule, figure, raised_on)
      select gen_random_uuid(), 'surge_' || n.kind, case n.kind when 'lead' then n.key::uuid end,
             case n.kind when 'place' then n.key end, 'setting.surge',
             n.tips || ':' || trim_scale(round(coalesce(b.average, 0), 1)), ${today}::date
        from tip_tallies n
        left join lateral (select sum(p.tips)::numeric / ${surge.trailingDays} as average from tip_tallies p
                            where p.kind = n.kind and p.key = n.key
                              and p.day between ${addDays(today, -surge.trailingDays)}::date and ${addDays(today, -1)}::date) b on true
       where n.day = ${today}::date and n.tips >= ${surge.floor}
         and n.tips >= ${surge.factor}::numeric * coalesce(b.average, 0)
         and (${among})
       order by n.tips desc, n.key limit ${A_RUN}
      on conflict do nothing returning id, lead_id as "leadId"`);
  await recordEvents(
    tx,
    rows.map(({ id }) => ({
      action: "alert.surge_found",
      subjectTable: "alerts",
      subjectId: id,
      at,
      // When this ran tells when the last report came.
      dayOnly: true,
    })),
    ACTOR,
  );
  return rows.length;
}

/** Adds so many notes up; says how many there were. */
async function settleTallies(db: Database, atMost: number): Promise<number> {
  const { rows } = await withActor(db, ACTOR, (tx) =>
    tx.execute<{ settled: number }>(sql`select settle_tallies(${atMost}) as settled`),
  );
  return rows[0]?.settled ?? 0;
}
