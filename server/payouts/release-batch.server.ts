import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import type { Database } from "~db/client.server";
import { batchReleases, payoutBatches } from "~db/schema/payout-batches";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Signing } from "~server/rewards/signing.server";
import { askSignature, type AskedSignature } from "~server/signatures/ask-signature.server";
import {
  snapshotGrant,
  spendPasskey,
  takeSignature,
  type SignatureInput,
} from "~server/signatures/take-signature.server";
import { writeSignedWords } from "~server/signatures/write-signed-words";
import type { Actor } from "~server/staff-auth/actor";
import { judgeRelease } from "./judge-release.server";
import { batchNumber, lockBatch, type LockedBatch } from "./lock-batch.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

const releaseContext = z.strictObject({
  kind: z.literal("payout-batch"),
  batchId: z.string(),
  nonce: z.string(),
  signedBody: z.string(),
});

/** Asks for a passkey's signature over a batch's hash. Throws what judgeRelease throws, `no_passkey`, `not_found`. */
export async function startRelease(
  db: Database,
  input: { readonly batchId: string },
  actor: Actor,
  signing: Signing,
): Promise<AskedSignature> {
  if (actor.kind !== "staff") throw notFound();
  return withActor(db, actor, async (tx) => {
    const batch = await lockBatch(tx, input.batchId);
    const plan = await judgeRelease(tx, batch, actor);
    const nonce = randomBytes(16).toString("base64url");
    const { signedBody, hash } = wordsOf(batch, plan.previousHash, actor.id, nonce);
    const context: z.infer<typeof releaseContext> = {
      kind: "payout-batch",
      batchId: batch.id,
      nonce,
      signedBody,
    };
    return askSignature(tx, { staffId: actor.id, hash, context }, signing);
  });
}

/**
 * Takes a signed release. The second of two different people, one of them an approver, releases the batch: the hash is
 * checked again, by the database too, in the same transaction. Throws what takeSignature and judgeRelease throw.
 */
export async function signRelease(
  db: Database,
  input: SignatureInput,
  actor: Actor,
  signing: Signing,
): Promise<{ batchId: string; status: string }> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const taken = await takeSignature(db, input, releaseContext, actor, signing);
  const { batchId, nonce, signedBody } = taken.context;
  return explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const batch = await lockBatch(tx, batchId);
      const plan = await judgeRelease(tx, batch, actor);
      const act = wordsOf(batch, plan.previousHash, actor.id, nonce);
      // Somebody else's release came in between: these words no longer follow the last ones.
      if (act.signedBody !== signedBody) throw payoutRefusal("batch_moved");
      await spendPasskey(tx, taken, signing);
      const at = signing.clock.now();
      await tx.insert(batchReleases).values({
        id: uuidv7(),
        batchId: batch.id,
        position: plan.position,
        actorId: actor.id,
        roleGrantId: plan.grant.id,
        roleGrantSnapshot: snapshotGrant(plan.grant, actor),
        ...taken.stored,
        nonce,
        previousHash: plan.previousHash,
        signedBody: act.signedBody,
        hash: act.hash,
        signedAt: at,
      });
      const status = plan.position === 2 ? "released" : "frozen";
      if (status === "released")
        await tx.update(payoutBatches).set({ status }).where(eq(payoutBatches.id, batch.id));
      await recordEvent(
        tx,
        {
          action: status === "released" ? "batch.released" : "batch.release_signed",
          subjectTable: "payout_batches",
          subjectId: batch.id,
          data: {
            batch: batchNumber(batch),
            batchHash: batch.hash.toString("hex"),
            stepHash: act.hash.toString("hex"),
            roleGrant: plan.grant.id,
          },
          at,
        },
        actor,
      );
      return { batchId: batch.id, status };
    }),
  );
}

function wordsOf(batch: LockedBatch, previousHash: Buffer | null, actorId: string, nonce: string) {
  const subject = { name: "batchHash" as const, hash: batch.hash };
  return writeSignedWords({ action: "release", subject, previousHash, actorId, nonce });
}
