import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import type { CarriedOut } from "./adjust-budget.server";
import { digestRequest, type LedgerRequest } from "./ask-request.server";
import type { Asked } from "./ledger-requests";
import { lockAward } from "./lock-award.server";
import { countPayments, orderData } from "./order-payment.server";
import { refusal } from "./refusals.server";

type End = Extract<Asked, { kind: "end_order" }>;

/**
 * Whether two may take an order to pay by hand back: it was agreed to, nobody took it back, and no payment was made upon
 * it or besides it. Past its last day too: until it is taken back its award goes into no batch. Throws `request_settled`,
 * `order_spent`, `not_found`.
 */
export async function judgeOrderEnd(tx: Tx, asked: End): Promise<LedgerRequest> {
  // The award first, as a payment of it does: of the two one goes first.
  const award = await lockAward(tx, asked.awardId);
  const [order] = await tx
    .select()
    .from(ledgerRequests)
    .where(
      and(
        eq(ledgerRequests.id, asked.orderId),
        eq(ledgerRequests.awardId, award.id),
        eq(ledgerRequests.kind, "pay"),
      ),
    );
  if (order === undefined) throw notFound();
  if (order.outcome !== "agreed" || order.endedBy !== null) throw refusal("request_settled");
  if (orderData.parse(order.data).earlier !== (await countPayments(tx, award.id)))
    throw refusal("order_spent");
  return order;
}

/**
 * Takes an order back by what two agreed to, with their reason: its award is free for a batch again, its informant's claim
 * may change. For agreeToRequest's transaction.
 */
export async function endOrder(
  tx: Tx,
  asked: End,
  { person, clock, reason }: CarriedOut & { readonly reason: string },
): Promise<void> {
  const order = await judgeOrderEnd(tx, asked);
  await tx
    .update(ledgerRequests)
    .set({ endedBy: person.id, endedAt: clock.now(), endedWhy: reason })
    .where(eq(ledgerRequests.id, order.id));
  await recordEvent(
    tx,
    {
      action: "ledger.order_withdrawn",
      subjectTable: "ledger_requests",
      subjectId: order.id,
      data: { kind: order.kind, digest: digestRequest(order) },
      at: clock.now(),
    },
    person,
  );
}
