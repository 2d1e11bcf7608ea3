import { asc, count, desc, eq, inArray } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { payouts } from "~db/schema/payouts";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import { groupRows } from "./group-rows";
import { PAYMENT_STATES, type PaymentState } from "./payment-states";
import { requireMoneyReader } from "./require-finance-role.server";

export const PAYMENTS_A_PAGE = 25;

export type PaymentRow = {
  readonly awardId: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  readonly currency: string;
  readonly acceptedOn: string | null;
  /** The live payment, of a paid award. */
  readonly payout: { readonly id: string; readonly paidOn: string; readonly reference: string } | null;
  /** References of earlier payments the bank sent back. */
  readonly bounced: readonly string[];
};

/**
 * Awards on their way to the informant, by where they stand: waiting longest first, paid newest first. A code name and
 * an amount, never a person (invariant 17). Throws `not_found` for who may not see money.
 */
export async function listPayments(
  db: Database,
  input: { readonly state: PaymentState; readonly page: number },
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
      .limit(PAYMENTS_A_PAGE)
      .offset((input.page - 1) * PAYMENTS_A_PAGE);
    const own = await readPayouts(
      tx,
      rows.map((row) => row.awardId),
    );
    return {
      rows: rows.map((row) => {
        const mine = own.get(row.awardId) ?? [];
        return {
          ...row,
          payout: mine.find((each) => each.status === "live") ?? null,
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
            paidOn: payouts.paidOn,
            reference: payouts.reference,
            status: payouts.status,
          })
          .from(payouts)
          .where(inArray(payouts.awardId, [...ids]))
          .orderBy(desc(payouts.recordedAt));
  return groupRows(rows, (row) => row.awardId);
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
