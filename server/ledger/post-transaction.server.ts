import { asc, eq, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { ledgerEntries, ledgerTransactions } from "~db/schema/ledger";
import type { LedgerEvent } from "./ledger-events";
import { refusal } from "./refusals.server";

export type Posting = {
  readonly event: LedgerEvent;
  /** The business day (`YYYY-MM-DD` in China) the posting belongs to. */
  readonly eventOn: string;
  readonly fundId: string;
  /** `<event>:<ids>`; the same key with the same content is the same posting. */
  readonly idempotencyKey: string;
  readonly awardId?: string;
  readonly correctsId?: string;
  /** The agreed request of two people it carries out (ledger_requests). */
  readonly requestId?: string;
  /** null where the portal itself posts (an award that lapses). */
  readonly actorId: string | null;
  /** Account ids, and 分 above zero. */
  readonly entries: readonly {
    readonly debit: string;
    readonly credit: string;
    readonly amountFen: bigint;
  }[];
};

/** What became of one posting: its id, and whether it was written now or its key had already written it. */
export type Posted = { readonly id: string; readonly isNew: boolean };

/**
 * Writes one posting, or finds that its key already did. Throws `key_reused` where the key posted something else; the
 * database refuses, at commit, whatever breaks an invariant. `movesAwardTo` is the state a new posting brings its award to,
 * whose row the caller holds.
 */
export async function postTransaction(
  tx: Tx,
  posting: Posting & { readonly movesAwardTo?: "posted" },
): Promise<Posted> {
  const { entries } = posting;
  const id = uuidv7();
  const { rows } = await tx.execute<{ written: boolean }>(
    sql`select write_posting(${id}, ${posting.event}, ${posting.eventOn}, ${posting.fundId}, ${posting.idempotencyKey}, ${posting.awardId ?? null}, ${posting.correctsId ?? null}, ${posting.actorId}, ${posting.requestId ?? null}, ${sql.param(entries.map(() => uuidv7()))}, ${sql.param(entries.map(({ debit }) => debit))}, ${sql.param(entries.map(({ credit }) => credit))}, ${sql.param(entries.map(({ amountFen }) => amountFen))}, ${posting.movesAwardTo ?? null}) as written`,
  );
  const isNew = rows[0]?.written === true;
  return { id: isNew ? id : await findSame(tx, posting), isNew };
}

/**
 * The one place that writes the journal, for one posting or many: locks the accounts in the order of their ids, then
 * writes postings and entries in the order given. One call (write_postings, 0035), as a posting holds its accounts for
 * every round trip it takes. The answers stand in the order of the postings. Throws as postTransaction does.
 */
export async function postTransactions(tx: Tx, postings: readonly Posting[]): Promise<Posted[]> {
  if (postings.length === 0) return [];
  const given = postings.map((posting) => ({ id: uuidv7(), posting }));
  const accounts = new Set(
    postings.flatMap(({ entries }) => entries.flatMap(({ debit, credit }) => [debit, credit])),
  );
  const transactions = given.map(({ id, posting }) => ({
    ...{ id, event: posting.event, event_on: posting.eventOn, fund_id: posting.fundId },
    idempotency_key: posting.idempotencyKey,
    award_id: posting.awardId ?? null,
    corrects_id: posting.correctsId ?? null,
    actor_id: posting.actorId,
    request_id: posting.requestId ?? null,
  }));
  const entries = given.flatMap(({ id, posting }) =>
    posting.entries.map(({ debit, credit, amountFen }, index) => ({
      ...{ id: uuidv7(), transaction_id: id, line: index + 1 },
      ...{ debit, credit, amount: amountFen.toString() },
    })),
  );
  const { rows } = await tx.execute<{ written: number }>(
    sql`select write_postings(${sql.param([...accounts])}::uuid[], ${JSON.stringify(transactions)}::json, ${JSON.stringify(entries)}::json) as written`,
  );
  if (rows[0]?.written === given.length) return given.map(({ id }) => ({ id, isNew: true }));
  const ids = given.map(({ id }) => id);
  const found = await tx
    .select({ id: ledgerTransactions.id })
    .from(ledgerTransactions)
    .where(inArray(ledgerTransactions.id, ids));
  const written = new Set(found.map(({ id }) => id));
  const posted: Posted[] = [];
  for (const { id, posting } of given) {
    const isNew = written.has(id);
    posted.push({ id: isNew ? id : await findSame(tx, posting), isNew });
  }
  return posted;
}

/** Waits for the accounts' balances, so that what is read of them next stays true until commit. */
export async function lockAccounts(tx: Tx, ids: readonly string[]): Promise<void> {
  const wanted = sql.param([...new Set(ids)]);
  await tx.execute(sql`select lock_accounts(${wanted}::uuid[])`);
}

async function findSame(tx: Tx, posting: Posting): Promise<string> {
  const [known] = await tx
    .select()
    .from(ledgerTransactions)
    .where(eq(ledgerTransactions.idempotencyKey, posting.idempotencyKey));
  if (known === undefined) throw refusal("key_reused");
  const entries = await tx
    .select()
    .from(ledgerEntries)
    .where(eq(ledgerEntries.transactionId, known.id))
    .orderBy(asc(ledgerEntries.line));
  const same =
    known.event === posting.event &&
    known.eventOn === posting.eventOn &&
    known.fundId === posting.fundId &&
    known.awardId === (posting.awardId ?? null) &&
    known.correctsId === (posting.correctsId ?? null) &&
    entries.length === posting.entries.length &&
    posting.entries.every((entry, index) => {
      const row = entries[index];
      return (
        row?.debitAccountId === entry.debit &&
        row.creditAccountId === entry.credit &&
        row.amountFen === entry.amountFen
      );
    });
  if (!same) throw refusal("key_reused");
  return known.id;
}
