import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { ledgerRoots, ledgerSeals } from "~db/schema/ledger-acts";
import { insertRows } from "~db/insert-rows.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { canonicalJson } from "~server/canonical-json";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

const SEALER = systemActor("seal-journal");
/** Sealers queue on it, and nobody else: posting never takes it (invariant 14). keep_ledger_seal takes the same. */
const SEAL_LOCK = 7_301_653;
const BATCH = 500;

/** A posting as the chain hashes it: every column of its row but the database's own bookkeeping, and its entries. */
export type SealedPosting = {
  readonly id: string;
  readonly seq: string;
  readonly event: string;
  readonly eventOn: string;
  readonly recordedAt: string;
  readonly fundId: string;
  readonly idempotencyKey: string;
  readonly correctsId: string | null;
  readonly awardId: string | null;
  readonly actorId: string | null;
  readonly requestId: string | null;
  /** `[id, line, debit account, credit account, 分]`, in the order of the lines. */
  readonly entries: readonly (readonly [string, string, string, string, string])[];
};

/** Selects a `SealedPosting` from `ledger_transactions t`; numbers and instants as text. */
export const POSTING_COLUMNS = `t.id, t.seq::text as "seq", t.event, t.event_on::text as "eventOn",
  to_char(t.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt", t.fund_id as "fundId",
  t.idempotency_key as "idempotencyKey", t.corrects_id as "correctsId", t.award_id as "awardId", t.actor_id as "actorId",
  t.request_id as "requestId", (select coalesce(json_agg(json_build_array(e.id, e.line::text, e.debit_account_id,
    e.credit_account_id, e.amount_fen::text) order by e.line), '[]') from ledger_entries e where e.transaction_id = t.id) as "entries"`;

/** What the first seal follows: SHA-256 of this label. Changing it would start another chain. */
export const JOURNAL_GENESIS = sha256(Buffer.from("tipoff-portal journal chain 1"));

/** SHA-256(previous seal ‖ SHA-256(canonical JSON of the posting with its entries)), 32 bytes. */
export function hashPosting(previous: Buffer, posting: SealedPosting): Buffer {
  const { id, seq, event, eventOn, recordedAt, fundId, idempotencyKey } = posting;
  const { correctsId, awardId, actorId, requestId, entries } = posting;
  // Named one by one: a column added to the query must not change the hashes of old postings.
  const said = canonicalJson({
    ...{ id, seq, event, eventOn, recordedAt, fundId, idempotencyKey },
    ...{ correctsId, awardId, actorId, requestId, entries },
  });
  return sha256(Buffer.concat([previous, sha256(Buffer.from(said))]));
}

/**
 * Seals every numbered posting that has no seal, in the order of the voucher numbers, and says how many. Postings are
 * numbered right after commit and sealed right after that. Several may run at once: there is one chain.
 */
export async function sealJournal(db: Database): Promise<number> {
  let sealed = 0;
  let last: LastNumbers = new Map();
  for (;;) {
    const batch = await withActor(db, SEALER, (tx) => sealBatch(tx, last));
    sealed += batch.sealed;
    last = batch.last;
    if (batch.sealed < BATCH) return sealed;
  }
}

/** The last number of each year that is known to have its seal. Another sealer may have gone further since. */
type LastNumbers = ReadonlyMap<number, number>;

/** `before` is what the batch before this one left, and is not changed here: a transaction may be tried again. */
async function sealBatch(tx: Tx, before: LastNumbers): Promise<{ sealed: number; last: LastNumbers }> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
  const { rows: heads } = await tx.execute<{ position: string; hash: Buffer }>(
    sql`select s.position::text as position, s.hash from ledger_seals s order by s.position desc limit 1`,
  );
  const last = new Map(before.size === 0 ? await readLastNumbers(tx) : before);
  // In the order of the voucher numbers, which are gapless: what waits follows the last sealed number of its year.
  const waiting: (SealedPosting & { number: number })[] = [];
  for (const [year, number] of [...last].sort(([a], [b]) => a - b)) {
    if (waiting.length >= BATCH) break;
    const { rows } = await tx.execute<SealedPosting & { number: number }>(
      sql`select v.number, ${sql.raw(POSTING_COLUMNS)}
            from (select o.number, o.transaction_id from voucher_numbers o
                   where o.fiscal_year = ${year}::int and o.number > ${number}::int
                     and not exists (select 1 from ledger_seals s where s.transaction_id = o.transaction_id)
                   order by o.number limit ${BATCH - waiting.length}) v
            join ledger_transactions t on t.id = v.transaction_id
           order by v.number`,
    );
    waiting.push(...rows);
    const end = rows.at(-1);
    if (end !== undefined) last.set(year, end.number);
  }
  if (waiting.length === 0) return { sealed: 0, last };
  let head = { position: BigInt(heads[0]?.position ?? 0), hash: heads[0]?.hash ?? JOURNAL_GENESIS };
  const seals = waiting.map((posting) => {
    const seal = {
      position: head.position + 1n,
      transactionId: posting.id,
      previousHash: head.hash,
      hash: hashPosting(head.hash, posting),
    };
    head = seal;
    return seal;
  });
  await insertRows(tx, ledgerSeals, seals);
  return { sealed: waiting.length, last };
}

/** Walks back from each year's last number to the last one with a seal: as far as postings wait, and no further. */
async function readLastNumbers(tx: Tx): Promise<LastNumbers> {
  const { rows } = await tx.execute<{ year: number; number: number }>(
    sql`select year, coalesce((select o.number from voucher_numbers o where o.fiscal_year = year
              and exists (select 1 from ledger_seals s where s.transaction_id = o.transaction_id)
              order by o.number desc limit 1), 0) as number
          from generate_series((select min(fiscal_year) from voucher_numbers),
                               (select max(fiscal_year) from voucher_numbers)) year`,
  );
  return new Map(rows.map(({ year, number }) => [year, number]));
}

/**
 * Publishes the journal's root of yesterday in China, once, after the day's postings were sealed: the last seal there
 * is. The audit trail tells it, so that the audit chain's own root vouches for it. Returns the day, or null.
 */
export async function makeLedgerRoot(db: Database, clock: Clock): Promise<string | null> {
  const day = addDays(chinaDay(clock.now()), -1);
  return withActor(db, SEALER, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
    const { rows } = await tx.execute<{ position: string; hash: Buffer }>(
      sql`select s.position::text as position, s.hash from ledger_seals s
           where not exists (select 1 from ledger_roots r where r.day >= ${day}) order by s.position desc limit 1`,
    );
    const [last] = rows;
    if (last === undefined) return null;
    const root = { day, position: BigInt(last.position), hash: last.hash };
    await tx.insert(ledgerRoots).values({ ...root, madeAt: clock.now() });
    await recordEvent(
      tx,
      {
        action: "ledger.root_made",
        subjectTable: "ledger_roots",
        subjectId: day,
        data: { position: last.position, hash: last.hash.toString("hex") },
        at: clock.now(),
      },
      SEALER,
    );
    return day;
  });
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
