import { and, eq, isNull } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { tipFiles } from "~db/schema/evidence";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { asReporter } from "./as-reporter.server";
import { holdDraft, markRemoved, readDraftFiles, type DraftFileRow } from "./draft-files.server";
import { dropRemoved } from "./drop-removed.server";
import type { DraftFile, FileMeta } from "./file-meta";
import { MAX_FILES, type RefusalReason } from "./limits";
import { isReceiving } from "./receiving.server";
import { sealMeta } from "./seal-meta.server";

/**
 * Where files go: into a draft, whose list keeps them under its receipt; or to somebody who already has a report and
 * sends a message, in which case the caller seals what it is told (`attachFiles`).
 */
export type Destination =
  | { readonly kind: "draft"; readonly receipt: Receipt }
  | { readonly kind: "message"; readonly lookupId: Buffer };

type Ground = Pick<Portal, "db" | "clock" | "evidence">;

export function lookupIdFor(to: Destination): Buffer {
  return to.kind === "draft" ? lookupIdOf(to.receipt) : to.lookupId;
}

/**
 * Makes the row under which a file's chunks will lie. In a draft an earlier try of the same name that failed makes way.
 * A refusal leaves a row that tells of it, where there is a draft to tell it in.
 */
export async function placeFile(
  portal: Ground,
  to: Destination,
  name: string,
): Promise<{ readonly id: string } | { readonly refused: RefusalReason; readonly id: string | null }> {
  const lookupId = lookupIdFor(to);
  const row = { id: uuidv4(), lookupId, addedOn: chinaDay(portal.clock.now()) };
  if (to.kind === "message") {
    await asReporter(portal, lookupId, (tx) =>
      tx.insert(tipFiles).values({ ...row, ordinal: 0, state: "receiving" }),
    );
    return { id: row.id };
  }
  const { receipt } = to;
  const [placed, gone] = await asReporter(portal, lookupId, async (tx) => {
    if (!(await holdDraft(tx, receipt, portal.clock.now()))) {
      return [{ refused: "already_sent", id: null } as const, []];
    }
    const there = await readDraftFiles(tx, receipt);
    const gone = await markRemoved(tx, lookupId, madeWay(there, name));
    const left = there.filter(({ id }) => !gone.includes(id));
    const full = left.filter(counts).length >= MAX_FILES;
    const file: DraftFile = full
      ? { state: "refused", name, reason: "too_many" }
      : { state: "receiving", name };
    const ordinal = Math.max(-1, ...left.map(({ ordinal }) => ordinal)) + 1;
    const meta = sealMeta(receipt, row.id, file);
    await tx.insert(tipFiles).values({ ...row, ordinal, state: file.state, meta });
    return [full ? ({ refused: "too_many", id: row.id } as const) : { id: row.id }, gone];
  });
  await dropRemoved(portal, { lookupId, ids: gone });
  return placed;
}

/** What an attempt anew replaces: the failed ones of the same name, and the oldest where too many are told of. */
function madeWay(rows: readonly DraftFileRow[], name: string): string[] {
  const failed = rows.filter((row) => !counts(row));
  return failed
    .filter(({ file }, at) => ("name" in file && file.name === name) || at < failed.length - MAX_FILES + 1)
    .map(({ id }) => id);
}

/** Stored, or on its way in right now. */
function counts({ id, file }: DraftFileRow): boolean {
  return file.state === "stored" || (file.state === "receiving" && isReceiving(id));
}

/**
 * The file is whole in the store: from here on it is the reporter's evidence. In a draft the same bytes are kept once,
 * and no more than 20 files whoever came first.
 */
export async function keepFile(
  portal: Ground,
  to: Destination,
  file: FileMeta & { readonly chunks: number },
): Promise<{ readonly kept: true } | { readonly already: string } | { readonly refused: RefusalReason }> {
  const { chunks, ...meta } = file;
  const lookupId = lookupIdFor(to);
  return asReporter(portal, lookupId, async (tx) => {
    if (to.kind === "message") {
      return (await update(tx, lookupId, file.id, { state: "stored", chunks }))
        ? { kept: true as const }
        : { refused: "failed" as const };
    }
    if (!(await holdDraft(tx, to.receipt, portal.clock.now()))) return { refused: "already_sent" as const };
    const stored = (await readDraftFiles(tx, to.receipt)).filter((row) => row.file.state === "stored");
    const same = stored.find((row) => row.file.state === "stored" && row.file.file.sha256 === meta.sha256);
    if (same !== undefined) return { already: same.id };
    if (stored.length >= MAX_FILES) return { refused: "too_many" as const };
    const sealed = sealMeta(to.receipt, file.id, { state: "stored", file: meta });
    const done = await update(tx, lookupId, file.id, { state: "stored", chunks, meta: sealed });
    // Removed by its reporter while it was still arriving.
    return done ? { kept: true as const } : { refused: "failed" as const };
  });
}

/** Notes the copy without metadata. false when the file was sent or removed meanwhile: it goes without. */
export function keepCopy(
  portal: Ground,
  to: Destination,
  file: FileMeta & { readonly copyChunks: number },
): Promise<boolean> {
  const { copyChunks, ...meta } = file;
  const lookupId = lookupIdFor(to);
  const sealed = to.kind === "draft" ? sealMeta(to.receipt, file.id, { state: "stored", file: meta }) : null;
  return asReporter(portal, lookupId, (tx) =>
    update(tx, lookupId, file.id, { copyChunks, meta: sealed }, "stored"),
  );
}

/** Takes a file back that is not to be kept; in a draft a line stays that says why. Its chunks are dropped. */
export async function refuseFile(
  portal: Ground,
  to: Destination,
  file: { readonly id: string; readonly name: string; readonly reason: RefusalReason | null },
): Promise<string | null> {
  const { id, name, reason } = file;
  const lookupId = lookupIdFor(to);
  await portal.evidence.store.drop(id);
  if (to.kind === "draft" && reason !== null) {
    const meta = sealMeta(to.receipt, id, { state: "refused", name, reason });
    const told = await asReporter(portal, lookupId, (tx) =>
      update(tx, lookupId, id, { state: "refused", meta }),
    );
    return told ? id : null;
  }
  const ids = await asReporter(portal, lookupId, (tx) => markRemoved(tx, lookupId, [id]));
  await dropRemoved(portal, { lookupId, ids });
  return null;
}

async function update(
  tx: Tx,
  lookupId: Buffer,
  id: string,
  set: Partial<typeof tipFiles.$inferInsert>,
  from: "receiving" | "stored" = "receiving",
): Promise<boolean> {
  const done = await tx
    .update(tipFiles)
    .set(set)
    .where(
      and(
        eq(tipFiles.id, id),
        eq(tipFiles.lookupId, lookupId),
        eq(tipFiles.state, from),
        isNull(tipFiles.tipId),
      ),
    )
    .returning({ id: tipFiles.id });
  return done.length > 0;
}
