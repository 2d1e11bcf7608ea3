import { eq, max } from "drizzle-orm";
import { DEFAULT_BANK_FORMAT, paysFromExample } from "~/forms/bank-format";
import type { Tx } from "~db/client.server";
import { batchReleases } from "~db/schema/payout-batches";
import { readFormatInForce } from "~server/bank-formats/read-format.server";

type Batch = { readonly id: string; readonly status: string };

/**
 * The format a batch's file is written by; null where it was the shipped example. As it stood when the second person
 * released the batch: who changes it later changes no file of theirs.
 */
export async function readFormatOf(tx: Tx, batch: Batch): ReturnType<typeof readFormatInForce> {
  if (batch.status === "frozen") return readFormatInForce(tx);
  const [released] = await tx
    .select({ at: max(batchReleases.signedAt) })
    .from(batchReleases)
    .where(eq(batchReleases.batchId, batch.id));
  return readFormatInForce(tx, released?.at ?? null);
}

/** The shipped example's account, where a batch that has no file at the bank yet would pay from it; otherwise null. */
export async function readExamplePayer(tx: Tx, batch: Batch): Promise<string | null> {
  if (batch.status !== "frozen" && batch.status !== "released") return null;
  const format = (await readFormatOf(tx, batch))?.format ?? DEFAULT_BANK_FORMAT;
  return paysFromExample(format) ? format.debtor.account : null;
}
