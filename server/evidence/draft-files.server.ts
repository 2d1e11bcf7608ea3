import { and, asc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipFiles } from "~db/schema/evidence";
import { drafts } from "~db/schema/intake";
import { addDays, chinaDay } from "~server/clock";
import { draftOfReceipt } from "~server/intake/find-by-receipt.server";
import { draftDays } from "~server/intake/save-draft.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { openDraft } from "~server/secrecy/seal-draft.server";
import type { RawAnswers } from "~/forms/report";
import type { DraftFile, FileMeta } from "./file-meta";
import { openMeta } from "./seal-meta.server";

export type DraftFileRow = { readonly id: string; readonly ordinal: number; readonly file: DraftFile };

/**
 * Holds the draft until the transaction ends, so that two uploads, or an upload and the sending, come one after the
 * other; and keeps it as long again (`draftDays`), as every change does. false when there is none, or none any more.
 */
export async function holdDraft(tx: Tx, receipt: Receipt, at: Date): Promise<boolean> {
  const today = chinaDay(at);
  const held = await tx
    .update(drafts)
    .set({ version: sql`${drafts.version}` })
    .where(draftOfReceipt(lookupIdOf(receipt), today))
    .returning({ body: drafts.body });
  if (held[0] === undefined) return false;
  const text = openDraft(receipt, held[0].body);
  const days = draftDays(text === null ? {} : (JSON.parse(text) as RawAnswers));
  await tx
    .update(drafts)
    .set({ expiresOn: addDays(today, days) })
    .where(draftOfReceipt(lookupIdOf(receipt), today));
  return true;
}

/** The files of a draft as far as its receipt opens them, in the order they were added. Removed ones are not there. */
export async function readDraftFiles(tx: Tx, receipt: Receipt): Promise<DraftFileRow[]> {
  const rows = await tx
    .select({ id: tipFiles.id, ordinal: tipFiles.ordinal, state: tipFiles.state, meta: tipFiles.meta })
    .from(tipFiles)
    .where(
      and(
        eq(tipFiles.lookupId, lookupIdOf(receipt)),
        isNull(tipFiles.tipId),
        ne(tipFiles.state, "removed"),
        sql`${tipFiles.meta} is not null`,
      ),
    )
    .orderBy(asc(tipFiles.ordinal), asc(tipFiles.id));
  return rows.flatMap(({ id, ordinal, state, meta }) => {
    const file = meta === null ? null : openMeta(receipt, id, meta);
    return file === null || file.state !== state ? [] : [{ id, ordinal, file }];
  });
}

/** Those of them that go with the report. */
export function storedFiles(rows: readonly DraftFileRow[]): FileMeta[] {
  return rows.flatMap(({ file }) => (file.state === "stored" ? [file.file] : []));
}

/** Marks files of a draft as gone and forgets their keys; what lies on disk is dropped afterwards, or by the job. */
export async function markRemoved(tx: Tx, lookupId: Buffer, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const marked = await tx
    .update(tipFiles)
    .set({ state: "removed", meta: null })
    .where(and(eq(tipFiles.lookupId, lookupId), isNull(tipFiles.tipId), inArray(tipFiles.id, [...ids])))
    .returning({ id: tipFiles.id });
  return marked.map(({ id }) => id);
}
