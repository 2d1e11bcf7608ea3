import { createHash } from "node:crypto";
import { asc, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { batchReleases } from "~db/schema/payout-batches";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import {
  readLiveGrants,
  requireFinanceRole,
  type LiveGrant,
} from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { LockedBatch } from "./lock-batch.server";
import { payoutRefusal } from "./refusals.server";

export type ReleasePlan = {
  readonly position: number;
  readonly previousHash: Buffer | null;
  readonly grant: LiveGrant;
};

/**
 * Whether the actor may release this batch now, and with what the release is chained. The hash is taken again over
 * what the rows say (invariant 15). Throws `needs_passkey`, `wrong_role`, `apart`, `batch_moved`, `batch_changed`,
 * `release_apart`, `release_once`, `release_approver`.
 */
export async function judgeRelease(tx: Tx, batch: LockedBatch, actor: Actor): Promise<ReleasePlan> {
  if (actor.kind !== "staff") throw notFound();
  // An approver's grant first: whoever holds both releases as what one of the two must be.
  const held = await readLiveGrants(tx, actor.id);
  const { grant } = held.some(({ role }) => role === "finance_approver")
    ? await requireFinanceRole(tx, actor, "finance_approver")
    : await requireFinanceRole(tx, actor, "finance_reviewer");
  if (held.some(({ role }) => ["administrator", "cashier", "window_clerk"].includes(role)))
    throw refusal("apart");
  if (batch.status !== "frozen") throw payoutRefusal("batch_moved");
  if (actor.id === batch.preparedBy || actor.id === batch.cashierId) throw payoutRefusal("release_apart");
  const { rows } = await tx.execute<{ words: string | null }>(
    sql`select payout_batch_words(${batch.id}) as words`,
  );
  const words = rows[0]?.words ?? "";
  const hash = createHash("sha256").update(words, "utf8").digest();
  if (words !== batch.body || !hash.equals(batch.hash)) throw payoutRefusal("batch_changed");
  const earlier = await tx
    .select({
      actorId: batchReleases.actorId,
      hash: batchReleases.hash,
      snapshot: batchReleases.roleGrantSnapshot,
    })
    .from(batchReleases)
    .where(eq(batchReleases.batchId, batch.id))
    .orderBy(asc(batchReleases.position));
  if (earlier.some(({ actorId }) => actorId === actor.id)) throw payoutRefusal("release_once");
  const [first] = earlier;
  if (first !== undefined && grant.role !== "finance_approver") {
    const by = first.snapshot as { role?: string };
    if (by.role !== "finance_approver") throw payoutRefusal("release_approver");
  }
  return { position: earlier.length + 1, previousHash: earlier.at(-1)?.hash ?? null, grant };
}
