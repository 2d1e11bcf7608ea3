import { asc, eq, sql } from "drizzle-orm";
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

/**
 * The one place that writes the journal. Locks the accounts in the order of their ids, then either writes the
 * posting or finds that its key already did. Throws `key_reused` where the key posted something else; the database
 * refuses, at commit, whatever breaks an invariant.
 */
export async function postTransaction(tx: Tx, posting: Posting): Promise<{ id: string; isNew: boolean }> {
  await lockAccounts(
    tx,
    posting.entries.flatMap((entry) => [entry.debit, entry.credit]),
  );
  const id = uuidv7();
  const written = await tx
    .insert(ledgerTransactions)
    .values({
      id,
      event: posting.event,
      eventOn: posting.eventOn,
      fundId: posting.fundId,
      idempotencyKey: posting.idempotencyKey,
      awardId: posting.awardId ?? null,
      correctsId: posting.correctsId ?? null,
      actorId: posting.actorId,
      requestId: posting.requestId ?? null,
    })
    .onConflictDoNothing({ target: ledgerTransactions.idempotencyKey })
    .returning({ id: ledgerTransactions.id });
  if (written.length === 0) return { id: await findSame(tx, posting), isNew: false };
  await tx.insert(ledgerEntries).values(
    posting.entries.map((entry, index) => ({
      id: uuidv7(),
      transactionId: id,
      line: index + 1,
      debitAccountId: entry.debit,
      creditAccountId: entry.credit,
      amountFen: entry.amountFen,
    })),
  );
  return { id, isNew: true };
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
