import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { eventChain } from "~db/schema/events";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { EVENT_COLUMNS, GENESIS, hashLink, type ChainedEvent } from "./hash-link.server";

const SEALER = systemActor("seal-events");

/** Any number: every sealer takes the same lock, so that links are laid by one at a time. */
export const CHAIN_LOCK = 7_301_663;

const BATCH = 1_000;
/** Beyond any time between taking a number of the sequence and being seen as a writing transaction. */
const SETTLE_MS = 60_000;

/**
 * Where a sealer stands, kept in its memory between runs: every number up to `settled` is in the chain or will never
 * come. A new one reads the whole trail once.
 */
export type SealerPlace = {
  settled: bigint;
  /** The candidate for `settled`: writers of it and before had a transaction id below `openBelow`, once that is known. */
  mark: { readonly seq: bigint; readonly at: number; readonly openBelow: bigint | null } | null;
};

export function startOfTrail(): SealerPlace {
  return { settled: 0n, mark: null };
}

/**
 * Lays a link for every committed event that has none, in the order of `seq` among those visible, and says how many.
 * Several may run at once, here or on other machines: there is one chain. Links carry no time, and batches leave no
 * trace in them, since a reporter's act has no clock (secrecy.md, "Arrival").
 *
 * An event whose transaction commits late has a lower number than events already chained; it is chained when it is
 * seen. `place` only moves past numbers whose transactions have all ended, so that none of them is overlooked.
 * `now` is in milliseconds and only spaces out the marks; `keepOn` is asked before each batch.
 */
export async function sealEvents(
  db: Database,
  place: SealerPlace = startOfTrail(),
  options: { now?: number; keepOn?: () => boolean } = {},
): Promise<number> {
  // Before the events are read: what a settled mark stands for has then committed before this scan begins.
  const settled = await moveMark(db, place, options.now ?? Date.now());
  let sealed = 0;
  for (let after = place.settled; ;) {
    if (options.keepOn?.() === false) return sealed;
    const batch = await withActor(db, SEALER, (tx) => sealBatch(tx, after));
    sealed += batch.length;
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) break;
    after = BigInt(last.seq);
  }
  if (settled !== null) place.settled = settled;
  return sealed;
}

/** The furthest number that no open transaction can still come below, or null while that is not known. */
async function moveMark(db: Database, place: SealerPlace, now: number): Promise<bigint | null> {
  const { mark } = place;
  // A number of its own is above all given out so far. The end of a snapshot is not: it is only above those that ended.
  const own = mark !== null && mark.openBelow === null ? sql`pg_current_xact_id()::text` : sql`null`;
  const { rows } = await withActor(db, SEALER, (tx) =>
    tx.execute<{ top: string; oldest: string; own: string | null }>(
      sql`select coalesce((select max(seq) from events), 0)::text as top,
                 pg_snapshot_xmin(pg_current_snapshot())::text as oldest, ${own} as own`,
    ),
  );
  const [seen] = rows;
  if (seen === undefined) return null;
  if (mark === null) {
    if (BigInt(seen.top) > place.settled) place.mark = { seq: BigInt(seen.top), at: now, openBelow: null };
    return null;
  }
  if (mark.openBelow === null) {
    if (now - mark.at >= SETTLE_MS && seen.own !== null)
      place.mark = { ...mark, openBelow: BigInt(seen.own) };
    return null;
  }
  if (BigInt(seen.oldest) < mark.openBelow) return null;
  place.mark = null;
  return mark.seq;
}

/** At most one batch of links, in a transaction that holds the chain's lock; the events it chained. */
async function sealBatch(tx: Tx, after: bigint): Promise<{ seq: string }[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
  const { rows: heads } = await tx.execute<{ position: string; hash: Buffer }>(
    sql`select position::text as position, hash from event_chain order by event_chain.position desc limit 1`,
  );
  // A look-up for each event: as "not exists" it is joined, with figures of a trail that has grown since every event to
  // every link.
  const { rows: waiting } = await tx.execute<ChainedEvent>(
    sql`select ${sql.raw(EVENT_COLUMNS)} from events e
         where e.seq > ${after.toString()}::bigint
           and (select c.position from event_chain c where c.event_id = e.id limit 1) is null
         order by e.seq limit ${BATCH}`,
  );
  if (waiting.length === 0) return [];
  let head = { position: BigInt(heads[0]?.position ?? 0), hash: heads[0]?.hash ?? GENESIS };
  const links = waiting.map((event) => {
    head = { position: head.position + 1n, hash: hashLink(head.hash, event) };
    return { position: head.position, eventId: event.id, hash: head.hash };
  });
  await insertRows(tx, eventChain, links);
  return waiting;
}
