import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { batchReleases } from "~db/schema/payout-batches";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { readPayeesToRelease, storePayeeReleases } from "~server/claims/payee-parts.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { toBase64url } from "~server/secrecy/format";
import type { OtherSide } from "~server/secrecy/identity-shares";
import type { PayeeToRelease, ReleaseTo } from "~server/secrecy/payee-shares";
import { readLiveKeys } from "~server/secrecy/read-role-keys.server";
import type { Actor } from "~server/staff-auth/actor";
import { batchNumber, lockBatch, readLines, type LockedBatch } from "./lock-batch.server";
import { payoutRefusal } from "./refusals.server";

/** Shares of one post at most: a browser hands them over in portions and goes on where it stopped. */
export const MAX_SHARES = 50;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{20,200}$/);
export const handedShares = z.strictObject({
  roleKeyId: z.uuid(),
  shares: z
    .array(z.strictObject({ payeeId: z.uuid(), enc: base64url, body: base64url }))
    .min(1)
    .max(MAX_SHARES),
});

export type PayeesToHand = ReleaseTo & { readonly payees: readonly PayeeToRelease[]; readonly of: number };

/**
 * What an approver who released a batch still has to hand to its cashier: their shares of the payees' keys, and the
 * cashiers' live key. Only of a released batch. Throws `wrong_role`, `batch_moved`, `cashier_key_missing`, `not_found`.
 */
export async function readPayeesToHand(
  db: Database,
  input: { readonly batchId: string },
  actor: Actor,
): Promise<PayeesToHand> {
  return withActor(db, actor, async (tx) => {
    const batch = await lockForHanding(tx, input.batchId, actor);
    const lines = await readLines(tx, batch.id);
    const to = await readCashiersKey(tx);
    const payees = await readPayeesToRelease(tx, { awardIds: lines.map(({ awardId }) => awardId) });
    const done = await readHanded(tx, batch.id);
    return {
      batchId: batch.id,
      personId: batch.cashierId,
      to,
      payees: payees.filter(({ payeeId }) => !done.has(payeeId)),
      of: lines.length,
    };
  });
}

/** Keeps a portion of what the approver's browser sealed anew; what was already kept is left as it is. */
export async function handPayees(
  db: Database,
  input: { readonly batchId: string } & z.infer<typeof handedShares>,
  actor: Actor,
  clock: Clock,
): Promise<{ stored: number }> {
  return withActor(db, actor, async (tx) => {
    const batch = await lockForHanding(tx, input.batchId, actor);
    const to = await readCashiersKey(tx);
    if (to.roleKeyId !== input.roleKeyId) throw payoutRefusal("batch_moved");
    const known = await readHanded(tx, batch.id);
    const shares = input.shares.filter(({ payeeId }) => !known.has(payeeId));
    if (shares.length === 0 || actor.kind !== "staff") return { stored: 0 };
    await storePayeeReleases(tx, {
      batchId: batch.id,
      personId: batch.cashierId,
      roleKeyId: to.roleKeyId,
      shares,
      releasedBy: actor.id,
      at: clock.now(),
    });
    await recordEvent(
      tx,
      {
        action: "batch.payees_handed",
        subjectTable: "payout_batches",
        subjectId: batch.id,
        data: { batch: batchNumber(batch), count: shares.length },
        at: clock.now(),
      },
      actor,
    );
    return { stored: shares.length };
  });
}

async function lockForHanding(tx: Tx, batchId: string, actor: Actor): Promise<LockedBatch> {
  const { person } = await requireFinanceRole(tx, actor, "finance_approver");
  const batch = await lockBatch(tx, batchId);
  const [own] = await tx
    .select({ id: batchReleases.id })
    .from(batchReleases)
    .where(and(eq(batchReleases.batchId, batch.id), eq(batchReleases.actorId, person.id)));
  if (own === undefined) throw notFound();
  if (batch.status !== "released") throw payoutRefusal("batch_moved");
  return batch;
}

/** The batch is locked: what is handed at the same moment is seen here. */
async function readHanded(tx: Tx, batchId: string): Promise<ReadonlySet<string>> {
  const { rows } = await tx.execute<{ id: string }>(sql`select id from handed_payees(${batchId}) as id`);
  return new Set(rows.map(({ id }) => id));
}

async function readCashiersKey(tx: Tx): Promise<OtherSide> {
  const key = (await readLiveKeys(tx, ["cashier"])).get("cashier");
  if (key === undefined) throw payoutRefusal("cashier_key_missing");
  return { roleKeyId: key.id, slot: key.slot, epoch: key.epoch, publicKey: toBase64url(key.publicKey) };
}
