import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payouts } from "~db/schema/payouts";
import { awards, rewardPools } from "~db/schema/rewards";
import type { Month } from "./month";

export type BookPayout = {
  readonly paidOn: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  readonly currency: string;
  readonly kind: string;
  readonly reference: string;
  readonly status: string;
};

/** As many payments as one list holds; a month with more is printed in parts. */
export const PAYOUTS_A_PART = 1_000;

/** Payments of a month in order of day, part by part from 1; code names alone. Amounts in minor units. */
export async function readPayouts(tx: Tx, month: Month, part: number): Promise<BookPayout[]> {
  return tx
    .select({
      paidOn: payouts.paidOn,
      codeName: awards.codeName,
      amountFen: payouts.amountFen,
      currency: rewardPools.currency,
      kind: payouts.kind,
      reference: payouts.reference,
      status: payouts.status,
    })
    .from(payouts)
    .innerJoin(awards, eq(awards.id, payouts.awardId))
    .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
    .where(and(gte(payouts.paidOn, month.from), lt(payouts.paidOn, month.before)))
    .orderBy(asc(payouts.paidOn), asc(payouts.id))
    .limit(PAYOUTS_A_PART)
    .offset((part - 1) * PAYOUTS_A_PART);
}
