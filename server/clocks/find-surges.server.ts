import { sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvents } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import type { Pack } from "~server/packs/grammar";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readHeldPacks } from "~server/packs/packs-of-leads.server";
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
 * day. A lead is judged by the limits of its pack, a place by those of the pack held that is nearest to it (`choosePack`),
 * each in the version in force. Says how many it raised.
 */
export async function findSurges(db: Database, clock: Clock, home: LoadedPack): Promise<{ raised: number }> {
  const at = clock.now();
  const today = chinaDay(at);
  while ((await settleTallies(db, NOTES)) === NOTES);
  return withActor(db, ACTOR, async (tx) => {
    // One at a time: two dropping old days at once would wait on each other's rows.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('find-surges', 0))`);
    const held = await readHeldPacks(tx, home);
    const trailing = held.map(({ pack }) => pack.limits.surge.trailingDays);
    const oldest = addDays(today, -Math.max(...trailing) - 7);
    await tx.execute(sql`delete from tip_tallies where day < ${oldest}::date`);
    const packOf = packOfTally(held);
    let raised = 0;
    for (const { pack } of held) {
      raised += await raise(tx, { surge: pack.limits.surge, at }, sql`${packOf} = ${pack.id}`);
    }
    return { raised };
  });
}

/**
 * The pack that judges a tally `n`; null for a lead that has ended. A lead of a pack that is not held, and a place that no
 * pack holds, are the home pack's, which is the first.
 */
function packOfTally(held: readonly LoadedPack[]): SQL {
  const packs = held.map(({ pack: { id, territory } }) => ({ id, prefix: territory.prefix ?? "" }));
  const all = sql`jsonb_array_elements(${JSON.stringify(packs)}::jsonb) with ordinality p(pack, nth)`;
  const home = held[0]?.pack.id ?? "";
  return sql`case n.kind
    when 'lead' then (select coalesce((select l.pack_id from ${all} where p.pack->>'id' = l.pack_id), ${home}::text)
                        from leads l where l.id::text = n.key and l.closed_at is null)
    else coalesce((select p.pack->>'id' from ${all} where starts_with(n.key, p.pack->>'prefix')
                    order by length(p.pack->>'prefix') desc, p.nth limit 1), ${home}::text) end`;
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
