import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { databaseFault } from "~server/errors.server";
import { systemActor } from "~server/staff-auth/actor";
import { mayTryAgain } from "./retry-posting.server";
import { sealJournal } from "./seal-journal.server";

/** One lock for all who number; posting itself never takes it (invariant 14). */
const NUMBERING_LOCK = 7_301_651;

/**
 * Gives every posting that has none its 会计凭证号: the next of its business year, in the order of posting.
 * Returns how many were given. Safe to call at any time and from several processes at once.
 */
export async function numberVouchers(db: Database): Promise<number> {
  return withActor(db, systemActor("voucher-numbers"), async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${NUMBERING_LOCK})`);
    // A statement of its own, so that it sees what the holder of the lock before us committed.
    const given = await tx.execute(sql`
      insert into voucher_numbers (fiscal_year, number, transaction_id)
      select waiting.year, waiting.place + coalesce((select max(v.number) from voucher_numbers v where v.fiscal_year = waiting.year), 0), waiting.id
        from (select t.id, t.seq, extract(year from t.event_on)::int as year,
                     row_number() over (partition by extract(year from t.event_on) order by t.seq)::int as place
                from voucher_queue q join ledger_transactions t on t.id = q.transaction_id) waiting
       order by waiting.year, waiting.seq`);
    return given.rowCount ?? 0;
  });
}

/**
 * Numbers right after a commit. The posting is done, so a fault here is not the person's: what stays unnumbered
 * waits in the queue for the next posting or the next start.
 */
export async function numberAfterCommit(db: Database): Promise<void> {
  try {
    await numberVouchers(db);
    await sealJournal(db);
  } catch (error) {
    if (databaseFault(error).code === undefined && !mayTryAgain(error)) throw error;
  }
}
