import { and, asc, desc, eq, inArray, lt } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { accounts, ledgerEntries, ledgerTransactions, voucherNumbers } from "~db/schema/ledger";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import { groupRows } from "./group-rows";
import { requireMoneyReader } from "./require-finance-role.server";

export type JournalRow = {
  readonly id: string;
  readonly seq: bigint;
  readonly event: string;
  readonly eventOn: string;
  readonly recordedAt: Date;
  /** `2026-000001`, or null in the moment before it is numbered. */
  readonly voucher: string | null;
  readonly awardId: string | null;
  readonly codeName: string | null;
  readonly correctsId: string | null;
  readonly entries: readonly {
    readonly book: string;
    readonly debitKind: string;
    readonly creditKind: string;
    readonly amountFen: bigint;
  }[];
};

/** 会计凭证号 as people write it. */
export function printVoucherNumber(fiscalYear: number, number: number): string {
  return `${fiscalYear}-${String(number).padStart(6, "0")}`;
}

/**
 * The journal, newest first, a page at a time: `next` is the `before` of the following page, or null. At most 100
 * rows a page. Throws `not_found` for who may not see money.
 */
export async function listTransactions(
  db: Database,
  input: {
    readonly fundId?: string;
    readonly awardId?: string;
    readonly before?: bigint;
    readonly limit?: number;
  },
  actor: Actor,
): Promise<{ rows: JournalRow[]; next: bigint | null }> {
  const limit = Math.min(Math.max(input.limit ?? 50, 1), 100);
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const rows = await tx
      .select({ posting: ledgerTransactions, voucher: voucherNumbers, codeName: awards.codeName })
      .from(ledgerTransactions)
      .leftJoin(voucherNumbers, eq(voucherNumbers.transactionId, ledgerTransactions.id))
      .leftJoin(awards, eq(awards.id, ledgerTransactions.awardId))
      .where(
        and(
          input.fundId === undefined ? undefined : eq(ledgerTransactions.fundId, input.fundId),
          input.awardId === undefined ? undefined : eq(ledgerTransactions.awardId, input.awardId),
          input.before === undefined ? undefined : lt(ledgerTransactions.seq, input.before),
        ),
      )
      .orderBy(desc(ledgerTransactions.seq))
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const entries = await readEntries(
      tx,
      page.map((row) => row.posting.id),
    );
    return {
      rows: page.map(({ posting, voucher, codeName }) => ({
        id: posting.id,
        seq: posting.seq,
        event: posting.event,
        eventOn: posting.eventOn,
        recordedAt: posting.recordedAt,
        voucher: voucher === null ? null : printVoucherNumber(voucher.fiscalYear, voucher.number),
        awardId: posting.awardId,
        codeName,
        correctsId: posting.correctsId,
        entries: entries.get(posting.id) ?? [],
      })),
      next: rows.length > limit ? (page.at(-1)?.posting.seq ?? null) : null,
    };
  });
}

async function readEntries(tx: Tx, ids: readonly string[]): Promise<Map<string, JournalRow["entries"]>> {
  if (ids.length === 0) return new Map();
  const debit = alias(accounts, "debit");
  const credit = alias(accounts, "credit");
  const rows = await tx
    .select({
      transactionId: ledgerEntries.transactionId,
      book: debit.book,
      debitKind: debit.kind,
      creditKind: credit.kind,
      amountFen: ledgerEntries.amountFen,
    })
    .from(ledgerEntries)
    .innerJoin(debit, eq(debit.id, ledgerEntries.debitAccountId))
    .innerJoin(credit, eq(credit.id, ledgerEntries.creditAccountId))
    .where(inArray(ledgerEntries.transactionId, [...ids]))
    .orderBy(asc(ledgerEntries.transactionId), asc(ledgerEntries.line));
  return groupRows(rows, (row) => row.transactionId);
}
