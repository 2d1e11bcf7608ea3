import { and, count, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { isHeld } from "~server/rewards/find-hold.server";
import { lockAward } from "./lock-award.server";
import { refusal } from "./refusals.server";

/** Lines an award is paid by and no other way. */
export const LIVE_LINES = ["frozen", "released", "sent", "unknown", "settled"];

/**
 * Whether two may order that an award is paid by hand, outside any batch: it is booked, not held, on no live line.
 * Throws `award_moved`, `award_held`, `award_in_batch`, `not_found`.
 */
export async function judgeOrder(tx: Tx, awardId: string): Promise<void> {
  const award = await lockAward(tx, awardId);
  if (award.status !== "posted") throw refusal("award_moved");
  if (await isHeld(tx, award.id)) throw refusal("award_held");
  if (await isOnLine(tx, award.id)) throw refusal("award_in_batch");
}

/** How many payments of an award there were: an order is for the next one alone. */
export async function countPayments(tx: Tx, awardId: string): Promise<number> {
  const [row] = await tx.select({ n: count() }).from(payouts).where(eq(payouts.awardId, awardId));
  return row?.n ?? 0;
}

/** The order two gave for the payment after `earlier` others of this award; undefined where there is none. */
export async function findOrder(tx: Tx, awardId: string, earlier: number): Promise<string | undefined> {
  const [order] = await tx
    .select({ id: ledgerRequests.id })
    .from(ledgerRequests)
    .where(
      and(
        eq(ledgerRequests.awardId, awardId),
        eq(ledgerRequests.kind, "pay"),
        eq(ledgerRequests.outcome, "agreed"),
        sql`${ledgerRequests.data} ->> 'earlier' = ${String(earlier)}`,
      ),
    )
    .orderBy(ledgerRequests.decidedAt)
    .limit(1);
  return order?.id;
}

export async function isOnLine(tx: Tx, awardId: string): Promise<boolean> {
  const live = await tx
    .select({ id: payoutLines.id })
    .from(payoutLines)
    .where(and(eq(payoutLines.awardId, awardId), inArray(payoutLines.state, LIVE_LINES)));
  return live.length > 0;
}
