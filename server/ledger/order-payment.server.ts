import { and, count, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payoutLines } from "~db/schema/payout-batches";
import { payouts } from "~db/schema/payouts";
import { addWorkingDays } from "~server/clocks/business-calendar";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { isHeld } from "~server/rewards/find-hold.server";
import { ORDER_WORKING_DAYS } from "./ledger-requests";
import { lockAward } from "./lock-award.server";
import { refusal } from "./refusals.server";

/** What an order to pay says besides its award; older ones have no reference for the bank. */
export const orderData = z.object({
  earlier: z.number(),
  until: z.string(),
  reference: z.string().optional(),
});

/** Lines an award is paid by and no other way. */
export const LIVE_LINES = ["frozen", "released", "sent", "unknown", "settled"];

/** The last day (`YYYY-MM-DD`, China) of an order asked for on `today`, by the office's calendar. */
export async function lastDayOfOrder(tx: Tx, today: string): Promise<string> {
  const { calendar } = await readCalendar(tx);
  return addWorkingDays(calendar, today, ORDER_WORKING_DAYS);
}

/**
 * Whether two may order that an award is paid by hand, outside any batch: it is booked, not held, on no live line, and no
 * other order for this payment stands on `today`. Throws `award_moved`, `award_held`, `award_in_batch`, `order_stands`,
 * `not_found`.
 */
export async function judgeOrder(tx: Tx, awardId: string, today: string): Promise<void> {
  const award = await lockAward(tx, awardId);
  if (award.status !== "posted") throw refusal("award_moved");
  if (await isHeld(tx, award.id)) throw refusal("award_held");
  if (await isOnLine(tx, award.id)) throw refusal("award_in_batch");
  const orders = await readOrders(tx, award.id, await countPayments(tx, award.id));
  if (orders.some(({ until }) => until >= today)) throw refusal("order_stands");
}

/** How many payments of an award there were: an order is for the next one alone. */
export async function countPayments(tx: Tx, awardId: string): Promise<number> {
  const [row] = await tx.select({ n: count() }).from(payouts).where(eq(payouts.awardId, awardId));
  return row?.n ?? 0;
}

/**
 * The order two gave for the payment after `earlier` others of this award, which stands on `today`; undefined where there
 * was none. Throws `order_over` where there was one and its last day is past.
 */
export async function findOrder(
  tx: Tx,
  awardId: string,
  earlier: number,
  today: string,
): Promise<string | undefined> {
  const [last] = await readOrders(tx, awardId, earlier);
  if (last !== undefined && last.until < today) throw refusal("order_over");
  return last?.id;
}

/** Orders for one payment that nobody took back, the one that is good for longest first. */
function readOrders(tx: Tx, awardId: string, earlier: number) {
  const until = sql<string>`${ledgerRequests.data} ->> 'until'`;
  return tx
    .select({ id: ledgerRequests.id, until })
    .from(ledgerRequests)
    .where(
      and(
        eq(ledgerRequests.awardId, awardId),
        eq(ledgerRequests.kind, "pay"),
        eq(ledgerRequests.outcome, "agreed"),
        isNull(ledgerRequests.endedAt),
        sql`${ledgerRequests.data} ->> 'earlier' = ${String(earlier)}`,
      ),
    )
    .orderBy(desc(until), ledgerRequests.decidedAt)
    .limit(20);
}

export async function isOnLine(tx: Tx, awardId: string): Promise<boolean> {
  const live = await tx
    .select({ id: payoutLines.id })
    .from(payoutLines)
    .where(and(eq(payoutLines.awardId, awardId), inArray(payoutLines.state, LIVE_LINES)));
  return live.length > 0;
}
