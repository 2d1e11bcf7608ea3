import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipFiles } from "~db/schema/evidence";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { readDraftFiles, storedFiles } from "./draft-files.server";
import type { FileMeta } from "./file-meta";

/** What goes with the report, for its sealed `files`. The draft is held by the caller's transaction. */
export async function takeDraftFiles(tx: Tx, receipt: Receipt): Promise<FileMeta[]> {
  return storedFiles(await readDraftFiles(tx, receipt));
}

/**
 * The draft's files become the report's: from here on its sealed `files` alone tells of them. What was refused or cut
 * off is marked as removed, and the job drops it.
 */
export async function sendDraftFiles(
  tx: Tx,
  input: { readonly receipt: Receipt; readonly tipId: string; readonly files: readonly FileMeta[] },
): Promise<void> {
  const lookupId = lookupIdOf(input.receipt);
  await attachFiles(tx, { lookupId, tipId: input.tipId, messageId: null, files: input.files });
  await tx
    .update(tipFiles)
    .set({ state: "removed", meta: null })
    .where(and(eq(tipFiles.lookupId, lookupId), isNull(tipFiles.tipId)));
}

/**
 * Gives received files to a report, or to a message of it. The caller seals `files` into that report's or message's
 * text in the same transaction. Throws when one of them is not there any more.
 */
export async function attachFiles(
  tx: Tx,
  input: {
    readonly lookupId: Buffer;
    readonly tipId: string;
    readonly messageId: string | null;
    readonly files: readonly FileMeta[];
  },
): Promise<void> {
  if (input.files.length === 0) return;
  const given = await tx
    .update(tipFiles)
    .set({ tipId: input.tipId, messageId: input.messageId, meta: null })
    .where(
      and(
        eq(tipFiles.lookupId, input.lookupId),
        eq(tipFiles.state, "stored"),
        isNull(tipFiles.tipId),
        inArray(
          tipFiles.id,
          input.files.map(({ id }) => id),
        ),
      ),
    )
    .returning({ id: tipFiles.id });
  if (given.length !== input.files.length) throw new Error("a file is not there any more");
}
