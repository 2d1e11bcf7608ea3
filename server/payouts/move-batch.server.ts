import { and, desc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { payoutBatches, payoutFiles } from "~db/schema/payout-batches";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { batchNumber, lockBatch, type LockedBatch } from "./lock-batch.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

export type MadeFile = {
  readonly batchId: string;
  readonly kind: "pain001" | "csv";
  /** HMAC-SHA-256 of the file under a key in its name, hex. File and key stay with the cashier (invariant 17). */
  readonly sha256: string;
  readonly lines: number;
  readonly sumFen: bigint;
};

/**
 * The cashier's browser made a file of a released batch: its mark, count and sum are kept, and must be the batch's. The
 * same mark again is the same file. Throws `not_your_batch`, `batch_moved`, `file_incomplete`.
 */
export async function recordFile(
  db: Database,
  input: MadeFile,
  actor: Actor,
  clock: Clock,
): Promise<{ fileId: string; isNew: boolean }> {
  return explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const batch = await lockOwn(tx, input.batchId, actor);
      const [known] = await tx
        .select({ id: payoutFiles.id })
        .from(payoutFiles)
        .where(and(eq(payoutFiles.batchId, batch.id), eq(payoutFiles.sha256, input.sha256)));
      if (known !== undefined) return { fileId: known.id, isNew: false };
      if (batch.status !== "released") throw payoutRefusal("batch_moved");
      const id = uuidv7();
      const { kind, sha256, lines, sumFen } = input;
      const madeBy = batch.cashierId;
      await tx
        .insert(payoutFiles)
        .values({ id, batchId: batch.id, kind, sha256, lines, sumFen, madeBy, madeAt: clock.now() });
      await note(
        tx,
        "batch.file_made",
        batch,
        { kind, sha256, lines, amountFen: sumFen.toString() },
        actor,
        clock,
      );
      return { fileId: id, isNew: true };
    }),
  );
}

/**
 * The cashier says that the batch was handed to the bank, and which file of it: once, whatever became of the reply. From
 * here on only the bank's word, or two people's, ends a line. No `fileId` is the last one made. Throws
 * `not_your_batch`, `batch_moved`, `file_missing`.
 */
export async function sendBatch(
  db: Database,
  input: { readonly batchId: string; readonly fileId?: string },
  actor: Actor,
  clock: Clock,
): Promise<{ isNew: boolean }> {
  return explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const batch = await lockOwn(tx, input.batchId, actor);
      const { fileId } = input;
      if (batch.status === "sent" && (fileId === undefined || fileId === batch.sentFileId))
        return { isNew: false };
      if (batch.status !== "released") throw payoutRefusal("batch_moved");
      const [file] = await tx
        .select()
        .from(payoutFiles)
        .where(
          and(
            eq(payoutFiles.batchId, batch.id),
            fileId === undefined ? undefined : eq(payoutFiles.id, fileId),
          ),
        )
        .orderBy(desc(payoutFiles.madeAt), desc(payoutFiles.id))
        .limit(1);
      if (file === undefined) throw payoutRefusal("file_missing");
      await tx
        .update(payoutBatches)
        .set({ status: "sent", sentAt: clock.now(), sentFileId: file.id })
        .where(eq(payoutBatches.id, batch.id));
      await note(tx, "batch.sent", batch, { sha256: file.sha256, lines: file.lines }, actor, clock);
      return { isNew: true };
    }),
  );
}

/** Ends a batch before it was sent; its awards are free again. Throws `wrong_role`, `batch_moved`. */
export async function cancelBatch(
  db: Database,
  input: { readonly batchId: string; readonly reason: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const roles = ["finance_preparer", "finance_reviewer", "finance_approver", "cashier"] as const;
      const { person } = await requireFinanceRole(tx, actor, ...roles);
      const batch = await lockBatch(tx, input.batchId);
      if (batch.status !== "frozen" && batch.status !== "released") throw payoutRefusal("batch_moved");
      await tx
        .update(payoutBatches)
        .set({
          status: "cancelled",
          cancelledBy: person.id,
          cancelledAt: clock.now(),
          cancelReason: input.reason,
        })
        .where(eq(payoutBatches.id, batch.id));
      await note(tx, "batch.cancelled", batch, { reason: input.reason }, actor, clock);
    }),
  );
}

async function lockOwn(tx: Tx, batchId: string, actor: Actor): Promise<LockedBatch> {
  const { person } = await requireFinanceRole(tx, actor, "cashier");
  const batch = await lockBatch(tx, batchId);
  if (batch.cashierId !== person.id) throw payoutRefusal("not_your_batch");
  return batch;
}

async function note(
  tx: Tx,
  action: string,
  batch: LockedBatch,
  data: Record<string, unknown>,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const subject = { subjectTable: "payout_batches", subjectId: batch.id };
  await recordEvent(
    tx,
    { action, ...subject, data: { batch: batchNumber(batch), ...data }, at: clock.now() },
    actor,
  );
}
