import { desc, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { approvalSetRows, approvalSets, countersignatures } from "~db/schema/approvals";
import { approvalSteps, awards, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";

export const BULK_ACTIONS = ["prepare", "review", "countersign", "approve"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

const MOST = 50;

/**
 * Freezes what a person chose to sign, one row a voucher: its hash and the hash of the act its signature would follow.
 * Nothing is judged yet; each row is when its turn comes. Throws `nothing_chosen`, `wrong_role`, `needs_passkey`,
 * `not_found` for an award the person does not see.
 */
export async function chooseVouchers(
  db: Database,
  input: { readonly chosen: readonly { readonly awardId: string; readonly action: BulkAction }[] },
  actor: Actor,
  clock: Clock,
): Promise<{ setId: string }> {
  const chosen = [...new Map(input.chosen.map((each) => [each.awardId, each])).values()];
  if (chosen.length === 0 || chosen.length > MOST) throw refusal("nothing_chosen");
  return withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(
      tx,
      actor,
      "finance_preparer",
      "finance_reviewer",
      "finance_approver",
    );
    const seen = await tx
      .select({ awardId: awards.id, voucherId: vouchers.id, hash: vouchers.hash })
      .from(awards)
      .innerJoin(vouchers, eq(vouchers.awardId, awards.id))
      .where(
        inArray(
          awards.id,
          chosen.map(({ awardId }) => awardId),
        ),
      );
    const setId = uuidv7();
    await tx.insert(approvalSets).values({ id: setId, staffId: person.id, madeAt: clock.now() });
    for (const [at, { awardId, action }] of chosen.entries()) {
      const voucher = seen.find((each) => each.awardId === awardId);
      if (voucher === undefined) throw notFound();
      const previousHash = await readLastHash(tx, voucher.voucherId);
      const row = { setId, ordinal: at + 1, awardId, action, voucherHash: voucher.hash, previousHash };
      await tx.insert(approvalSetRows).values(row);
    }
    return { setId };
  });
}

async function readLastHash(tx: Tx, voucherId: string): Promise<Buffer | null> {
  const [last] = await tx
    .select({ hash: approvalSteps.hash, position: approvalSteps.position })
    .from(approvalSteps)
    .where(eq(approvalSteps.voucherId, voucherId))
    .orderBy(desc(approvalSteps.position))
    .limit(1);
  if (last?.position !== 2) return last?.hash ?? null;
  const [second] = await tx
    .select({ hash: countersignatures.hash })
    .from(countersignatures)
    .where(eq(countersignatures.voucherId, voucherId));
  return second?.hash ?? last.hash;
}
