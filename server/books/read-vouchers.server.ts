import { and, asc, count, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Tx } from "~db/client.server";
import {
  accounts,
  budgets,
  funds,
  ledgerEntries,
  ledgerTransactions,
  voucherNumbers,
  voucherQueue,
} from "~db/schema/ledger";
import { approvalSteps, awards, vouchers } from "~db/schema/rewards";
import { staff } from "~db/schema/staff";
import { groupRows } from "~server/ledger/group-rows";
import { printVoucherNumber } from "~server/ledger/list-transactions.server";
import type { Month } from "./month";

/** As many vouchers as one document or page holds. */
export const VOUCHERS_A_PART = 200;

export type BookVoucher = {
  readonly id: string;
  /** Of its fiscal year. */
  readonly number: number;
  /** `2026-000001`. */
  readonly name: string;
  readonly event: string;
  readonly eventOn: string;
  readonly source: string;
  readonly currency: string;
  readonly codeName: string | null;
  readonly corrects: string | null;
  /** SHA-256 of the signed voucher of the award, hex. */
  readonly signedHash: string | null;
  readonly poster: string | null;
  /** Names of those who signed the award's voucher, by act. */
  readonly signers: Readonly<Record<string, string>>;
  readonly entries: readonly VoucherEntry[];
};

export type VoucherEntry = {
  readonly book: string;
  readonly debitKind: string;
  readonly creditKind: string;
  readonly fiscalYear: number | null;
  readonly amountFen: bigint;
};

/** 记账凭证 of a month from a number on, in their order; at most VOUCHERS_A_PART. Amounts in minor units. */
export async function readVouchers(
  tx: Tx,
  { month, from = 1, only = false }: { month: Month; from?: number; only?: boolean },
): Promise<BookVoucher[]> {
  const corrected = alias(voucherNumbers, "corrected");
  const rows = await tx
    .select({
      posting: ledgerTransactions,
      number: voucherNumbers.number,
      fiscalYear: voucherNumbers.fiscalYear,
      source: funds.source,
      codeName: awards.codeName,
      correctedYear: corrected.fiscalYear,
      correctedNumber: corrected.number,
      voucherId: vouchers.id,
      signedHash: sql<string | null>`encode(${vouchers.hash}, 'hex')`,
      poster: staff.displayName,
    })
    .from(voucherNumbers)
    .innerJoin(ledgerTransactions, eq(ledgerTransactions.id, voucherNumbers.transactionId))
    .innerJoin(funds, eq(funds.id, ledgerTransactions.fundId))
    .leftJoin(awards, eq(awards.id, ledgerTransactions.awardId))
    .leftJoin(vouchers, eq(vouchers.awardId, awards.id))
    .leftJoin(corrected, eq(corrected.transactionId, ledgerTransactions.correctsId))
    .leftJoin(staff, eq(staff.id, ledgerTransactions.actorId))
    .where(
      and(
        eq(voucherNumbers.fiscalYear, month.year),
        only ? eq(voucherNumbers.number, from) : gte(voucherNumbers.number, from),
        gte(ledgerTransactions.eventOn, month.from),
        lt(ledgerTransactions.eventOn, month.before),
      ),
    )
    .orderBy(asc(voucherNumbers.number))
    .limit(VOUCHERS_A_PART);
  const entries = await readEntries(
    tx,
    rows.map(({ posting }) => posting.id),
  );
  const signers = await readSigners(
    tx,
    rows.flatMap(({ voucherId }) => voucherId ?? []),
  );
  return rows.map((row) => {
    const own = entries.get(row.posting.id) ?? [];
    return {
      id: row.posting.id,
      number: row.number,
      name: printVoucherNumber(row.fiscalYear, row.number),
      event: row.posting.event,
      eventOn: row.posting.eventOn,
      source: row.source,
      currency: own[0]?.currency ?? "CNY",
      codeName: row.codeName,
      corrects:
        row.correctedYear === null || row.correctedNumber === null
          ? null
          : printVoucherNumber(row.correctedYear, row.correctedNumber),
      signedHash: row.signedHash,
      poster: row.poster,
      signers: Object.fromEntries(
        (signers.get(row.voucherId ?? "") ?? []).map(({ action, name }) => [action, name]),
      ),
      entries: own,
    };
  });
}

/** How many vouchers a month has, the first and last of their numbers, and how many postings wait for theirs. */
export async function countVouchers(
  tx: Tx,
  month: Month,
): Promise<{ count: number; first: number | null; last: number | null; waiting: number }> {
  const inMonth = and(
    gte(ledgerTransactions.eventOn, month.from),
    lt(ledgerTransactions.eventOn, month.before),
  );
  const [numbered] = await tx
    .select({
      count: count(),
      first: sql<number | null>`min(${voucherNumbers.number})`,
      last: sql<number | null>`max(${voucherNumbers.number})`,
    })
    .from(ledgerTransactions)
    .innerJoin(voucherNumbers, eq(voucherNumbers.transactionId, ledgerTransactions.id))
    .where(inMonth);
  const [waiting] = await tx
    .select({ count: count() })
    .from(voucherQueue)
    .innerJoin(ledgerTransactions, eq(ledgerTransactions.id, voucherQueue.transactionId))
    .where(inMonth);
  return {
    count: numbered?.count ?? 0,
    first: numbered?.first ?? null,
    last: numbered?.last ?? null,
    waiting: waiting?.count ?? 0,
  };
}

async function readEntries(tx: Tx, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never[]>();
  const [debit, credit] = [alias(accounts, "debit"), alias(accounts, "credit")];
  const rows = await tx
    .select({
      transactionId: ledgerEntries.transactionId,
      book: debit.book,
      debitKind: debit.kind,
      creditKind: credit.kind,
      currency: debit.currency,
      fiscalYear: budgets.fiscalYear,
      amountFen: ledgerEntries.amountFen,
    })
    .from(ledgerEntries)
    .innerJoin(debit, eq(debit.id, ledgerEntries.debitAccountId))
    .innerJoin(credit, eq(credit.id, ledgerEntries.creditAccountId))
    .leftJoin(budgets, eq(budgets.id, debit.budgetId))
    .where(inArray(ledgerEntries.transactionId, [...ids]))
    .orderBy(asc(ledgerEntries.transactionId), asc(ledgerEntries.line));
  return groupRows(rows, (row) => row.transactionId);
}

async function readSigners(tx: Tx, voucherIds: readonly string[]) {
  if (voucherIds.length === 0) return new Map<string, never[]>();
  const rows = await tx
    .select({ voucherId: approvalSteps.voucherId, action: approvalSteps.action, name: staff.displayName })
    .from(approvalSteps)
    .innerJoin(staff, eq(staff.id, approvalSteps.actorId))
    .where(inArray(approvalSteps.voucherId, [...new Set(voucherIds)]))
    .orderBy(asc(approvalSteps.position));
  return groupRows(rows, (row) => row.voucherId);
}
