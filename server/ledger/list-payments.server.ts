import { and, asc, count, desc, eq, gte, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { ledgerTransactions } from "~db/schema/ledger";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import { groupRows } from "./group-rows";
import { LIVE_LINES } from "./order-payment.server";
import { PAYMENT_STATES, type PaymentState } from "./payment-states";
import { requireMoneyReader } from "./require-finance-role.server";

export const PAYMENTS_A_PAGE = 25;
/** As many as are booked at once; every one of them is shown first. */
export const PAYMENTS_AT_ONCE = 500;

export type PaymentRow = {
  readonly awardId: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  readonly currency: string;
  readonly acceptedOn: string | null;
  /** The live payment, of a paid award. */
  readonly payout: {
    readonly id: string;
    readonly kind: string;
    readonly paidOn: string;
    readonly reference: string;
  } | null;
  /** References of earlier payments the bank sent back. */
  readonly bounced: readonly string[];
  /**
   * What stands behind a payment of a booked award: an order of two for it, or the line two released, with its
   * reference; null while there is neither, and where the line has not gone to the bank.
   */
  readonly behind: {
    readonly reference: string | null;
    /** Of an order: its last day, and what the cashier gives the bank with the payment. */
    readonly until: string | null;
    readonly forBank: string | null;
  } | null;
  /** Whether two of finance may say that the payment came back: made by hand, and not ordered back. */
  readonly mayReturn: boolean;
  /** On a live line of a batch, or paid by one: the bank's statement says what becomes of it. */
  readonly inBatch: boolean;
  /** On a line whose outcome at the bank nobody knows. */
  readonly unknown: boolean;
};

/**
 * Awards on their way to the informant, by where they stand: waiting longest first, paid newest first. A code name and
 * an amount, never a person (invariant 17). `whole`: the first PAYMENTS_AT_ONCE on one page. `today`: the day orders must
 * stand on. Throws `not_found` for who may not see money.
 */
export async function listPayments(
  db: Database,
  input: {
    readonly state: PaymentState;
    readonly page: number;
    readonly whole?: boolean;
    readonly today: string;
  },
  actor: Actor,
): Promise<{ rows: PaymentRow[]; counts: Record<PaymentState, number> }> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const order = input.state === "paid" ? [desc(awards.acceptedOn), desc(awards.id)] : [];
    const rows = await tx
      .select({
        awardId: awards.id,
        codeName: awards.codeName,
        amountFen: awards.amountFen,
        currency: rewardPools.currency,
        acceptedOn: awards.acceptedOn,
      })
      .from(awards)
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .where(eq(awards.status, input.state))
      .orderBy(...order, asc(awards.acceptedOn), asc(awards.id))
      .limit(input.whole === true ? PAYMENTS_AT_ONCE : PAYMENTS_A_PAGE)
      .offset(input.whole === true ? 0 : (input.page - 1) * PAYMENTS_A_PAGE);
    const own = await readPayouts(
      tx,
      rows.map((row) => row.awardId),
    );
    const ids = rows.map((row) => row.awardId);
    const lines = input.state === "posted" ? await readLines(tx, ids) : null;
    const byBatch = input.state === "paid" ? await readPaidLines(tx, ids) : null;
    const orders = input.state === "posted" ? await readOrders(tx, ids, input.today) : null;
    const clawedBack = input.state === "paid" ? await readClawedBack(tx, ids) : null;
    return {
      rows: rows.map((row) => {
        const mine = own.get(row.awardId) ?? [];
        const live = mine.find((each) => each.status === "live");
        const line = lines?.get(row.awardId)?.[0];
        const gone = line?.state === "sent" || line?.state === "unknown";
        const order = (orders?.get(row.awardId) ?? []).find(({ earlier }) => earlier === String(mine.length));
        const inBatch =
          line !== undefined || byBatch?.has(`${row.awardId} ${live?.reference ?? ""}`) === true;
        return {
          ...row,
          behind: gone
            ? { reference: line.reference, until: null, forBank: null }
            : line === undefined && order !== undefined
              ? { reference: null, until: order.until, forBank: order.forBank }
              : null,
          mayReturn: live?.kind === "transfer" && !inBatch && clawedBack?.has(row.awardId) === false,
          inBatch,
          unknown: line?.state === "unknown",
          payout: live ?? null,
          bounced: mine.filter((each) => each.status === "bounced").map((each) => each.reference),
        };
      }),
      counts: await countStates(tx),
    };
  });
}

async function readPayouts(tx: Tx, ids: readonly string[]) {
  const rows =
    ids.length === 0
      ? []
      : await tx
          .select({
            awardId: payouts.awardId,
            id: payouts.id,
            kind: payouts.kind,
            paidOn: payouts.paidOn,
            reference: payouts.reference,
            status: payouts.status,
          })
          .from(payouts)
          .where(inArray(payouts.awardId, [...ids]))
          .orderBy(desc(payouts.recordedAt));
  return groupRows(rows, (row) => row.awardId);
}

async function readLines(tx: Tx, ids: readonly string[]) {
  const rows = await tx
    .select({ awardId: payoutLines.awardId, reference: payoutLines.reference, state: payoutLines.state })
    .from(payoutLines)
    .where(and(inArray(payoutLines.awardId, [...ids]), inArray(payoutLines.state, LIVE_LINES)));
  return groupRows(rows, (row) => row.awardId);
}

/** Which payments went by a line of a batch: award and reference. */
async function readPaidLines(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ awardId: payoutLines.awardId, reference: payoutLines.reference })
    .from(payoutLines)
    .where(inArray(payoutLines.awardId, [...ids]));
  return new Set(rows.map(({ awardId, reference }) => `${awardId} ${reference}`));
}

/** Awards that were ordered back: what the bank sends back of them is money of the claw-back. */
async function readClawedBack(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .selectDistinct({ awardId: ledgerTransactions.awardId })
    .from(ledgerTransactions)
    .where(
      and(inArray(ledgerTransactions.awardId, [...ids]), eq(ledgerTransactions.event, "clawback.ordered")),
    );
  return new Set(rows.flatMap(({ awardId }) => awardId ?? []));
}

async function readOrders(tx: Tx, ids: readonly string[], today: string) {
  const until = sql<string>`${ledgerRequests.data} ->> 'until'`;
  const rows = await tx
    .select({
      awardId: ledgerRequests.awardId,
      earlier: sql<string>`${ledgerRequests.data} ->> 'earlier'`,
      until,
      forBank: sql<string | null>`${ledgerRequests.data} ->> 'reference'`,
    })
    .from(ledgerRequests)
    .where(
      and(
        inArray(ledgerRequests.awardId, [...ids]),
        eq(ledgerRequests.kind, "pay"),
        eq(ledgerRequests.outcome, "agreed"),
        isNull(ledgerRequests.endedAt),
        gte(until, today),
      ),
    );
  return groupRows(rows, (row) => row.awardId ?? "");
}

async function countStates(tx: Tx): Promise<Record<PaymentState, number>> {
  const rows = await tx
    .select({ status: awards.status, count: count() })
    .from(awards)
    .where(inArray(awards.status, [...PAYMENT_STATES]))
    .groupBy(awards.status);
  const of = (state: PaymentState) => rows.find((row) => row.status === state)?.count ?? 0;
  return { accepted: of("accepted"), posted: of("posted"), paid: of("paid") };
}
