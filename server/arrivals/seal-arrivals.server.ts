import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { arrivalRanks } from "~db/schema/dossiers";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { ARRIVALS_GENESIS, hashArrival } from "./hash-arrival";

const SEALER = systemActor("seal-arrivals");

/** Any number: every sealer takes the same lock, so that arrivals are registered by one at a time. */
const ARRIVALS_LOCK = 7_301_661;

const BATCH = 1_000;

/** A number of the sequence, and the transactions that may still bring one up to it (virtual transaction ids). */
export type Horizon = { readonly upTo: bigint; readonly writers: readonly string[] };

/** Where a sealer stands between runs; losing it costs one round. */
export type ArrivalsPlace = { horizon: Horizon | null };

/**
 * Registers tips in the order of their arrival numbers and fixes their ranks, as far as no smaller number can still
 * come; says how many. Several may run at once, here or elsewhere: there is one register.
 *
 * A tip with a smaller number may commit after one with a larger. A statement that inserts into `tips` holds its lock on
 * the table (RowExclusiveLock, which shuts nobody out) before it takes a number, and keeps it until its transaction ends.
 * So the sealer first reads the sequence (`upTo`) and then who holds such a lock (`writers`): whoever took a number up
 * to `upTo` is among them or has ended. Once all of them have ended, each number up to `upTo` is visible or will never
 * come. Nobody waits: not the reporters, and the sealer just returns later. The oldest running transaction would tell
 * as much, but of every database of the server: a long report elsewhere would hold up the register.
 */
export async function sealArrivals(
  db: Database,
  place: ArrivalsPlace,
  options: { keepOn?: () => boolean } = {},
): Promise<number> {
  place.horizon ??= await withActor(db, SEALER, drawHorizon);
  if (place.horizon === null) return 0;
  const { upTo, writers } = place.horizon;
  if (writers.length > 0) {
    const writing = await withActor(db, SEALER, listWriters);
    const left = writers.filter((one) => writing.includes(one));
    place.horizon = { upTo, writers: left };
    if (left.length > 0) return 0;
  }
  let sealed = 0;
  for (;;) {
    if (options.keepOn?.() === false) return sealed;
    const batch = await withActor(db, SEALER, (tx) => sealBatch(tx, upTo));
    sealed += batch;
    if (batch < BATCH) break;
  }
  place.horizon = null;
  return sealed;
}

/** null when every tip there is has been registered. */
async function drawHorizon(tx: Tx): Promise<Horizon | null> {
  // Two statements, in this order: who writes must be read after the sequence was. Last numbers are compared: asked
  // whether a later report exists, PostgreSQL expects many and looks through all of them where there is none.
  const { rows } = await tx.execute<{ top: string; waiting: boolean }>(
    sql`select s.last_value::text as top,
               coalesce((select t.arrival_no from tips t order by t.arrival_no desc limit 1), 0) >
                 coalesce((select r.arrival_no from arrival_ranks r order by r.arrival_no desc limit 1), 0) as waiting
          from tips_arrival_no_seq s`,
  );
  const [seen] = rows;
  if (seen?.waiting !== true) return null;
  return { upTo: BigInt(seen.top), writers: await listWriters(tx) };
}

/** The transactions that have written to `tips`, or are about to. */
async function listWriters(tx: Tx): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select distinct virtualtransaction as id from pg_locks
         where locktype = 'relation' and relation = 'tips'::regclass and mode = 'RowExclusiveLock'
           and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows.map(({ id }) => id);
}

type Waiting = { arrivalNo: string; tipId: string; leadId: string | null };

/** At most one batch, in a transaction that holds the register's lock; how many tips it registered. */
async function sealBatch(tx: Tx, upTo: bigint): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ARRIVALS_LOCK})`);
  const { rows: last } = await tx.execute<{ arrivalNo: string; hash: Buffer }>(
    sql`select arrival_no::text as "arrivalNo", hash from arrival_ranks order by arrival_ranks.arrival_no desc limit 1`,
  );
  const { rows: waiting } = await tx.execute<Waiting>(
    sql`select arrival_no::text as "arrivalNo", id as "tipId", lead_id as "leadId" from tips
         where arrival_no > ${last[0]?.arrivalNo ?? "0"}::bigint and arrival_no <= ${upTo.toString()}::bigint
         order by tips.arrival_no limit ${BATCH}`,
  );
  if (waiting.length === 0) return 0;
  const ranks = await lastRanks(tx, [...new Set(waiting.flatMap(({ leadId }) => leadId ?? []))]);
  let hash = last[0]?.hash ?? ARRIVALS_GENESIS;
  const rows = waiting.map(({ arrivalNo, tipId, leadId }) => {
    const rank = leadId === null ? null : (ranks.get(leadId) ?? 0n) + 1n;
    if (leadId !== null && rank !== null) ranks.set(leadId, rank);
    hash = hashArrival(hash, { arrivalNo, tipId, leadId, rank: rank?.toString() ?? null });
    return { arrivalNo: BigInt(arrivalNo), tipId, leadId, rank, hash };
  });
  await insertRows(tx, arrivalRanks, rows);
  return rows.length;
}

async function lastRanks(tx: Tx, leadIds: readonly string[]): Promise<Map<string, bigint>> {
  if (leadIds.length === 0) return new Map();
  const { rows } = await tx.execute<{ leadId: string; rank: string }>(
    sql`select wanted.id as "leadId", top.rank::text as rank
          from unnest(${sql.param([...leadIds])}::uuid[]) as wanted(id)
          cross join lateral (select r.rank from arrival_ranks r where r.lead_id = wanted.id
                               order by r.rank desc limit 1) top`,
  );
  return new Map(rows.map(({ leadId, rank }) => [leadId, BigInt(rank)]));
}
