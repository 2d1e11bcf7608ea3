import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { and, desc, eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { registrationLists, watchEntries, watchVersions } from "~db/schema/watch";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { detectEncoding } from "~server/exchange/decode-file.server";
import { readNewest } from "~server/packs/read-stored-pack.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor, type SystemActor } from "~server/staff-auth/actor";
import { applyRows, type Applied } from "./apply-rows.server";
import { FAULTS_TOLD, type ListFault } from "./list-columns";
import { readList } from "./read-list.server";
import type { ReadRow } from "./read-list-row";

export type LoadedList = { readonly listId: string; readonly already: boolean };

/** Rows a statement: few enough for its parameters, enough to share its cost. */
const BATCH = 500;

/**
 * Loads a registration list: all of it or nothing, the same file once for each pack version, never an older one over a
 * newer one. What a whole register leaves out is marked as gone, where every row of
 * it could be read. Throws `not_found` for anyone but triage (and the
 * portal), `list_empty` (400), `list_encoding` (400), `list_older` (409), and what `readList` throws.
 */
export async function loadList(
  portal: Pick<Portal, "db" | "clock" | "pack">,
  input: { readonly file: string; readonly listedOn: string; readonly isWhole: boolean },
  actor: StaffActor | SystemActor,
): Promise<LoadedList> {
  if (actor.kind === "staff" && !hasRole(actor, "triage_officer")) throw notFound();
  const encoding = await detectEncoding(input.file);
  if (encoding === null)
    throw new DomainError(
      "list_encoding",
      400,
      "没有认出这份名录的文字编码，可能有损坏的字符。请用表格软件另存为 UTF-8 编码的 CSV 后重新选择文件。",
    );
  const sha256 = await hashFile(input.file);
  const counted = await countRows(readList(input.file, encoding));
  const at = portal.clock.now();
  return withActor(portal.db, actor, async (tx) => {
    // Lists change the same entries: one after the other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('registration_lists'))`);
    const { pack } = await readNewest(tx, portal.pack);
    const earlier = await findEarlier(tx, { packId: pack.id, packVersion: pack.version, sha256 });
    if (earlier.same !== null) return { listId: earlier.same, already: true };
    if (earlier.newest !== null && earlier.newest > input.listedOn)
      throw new DomainError(
        "list_older",
        409,
        `已经载入过${earlier.newest}的名录，不能再用更早的覆盖。请核对名录日期。`,
      );
    const listId = uuidv7();
    const { isWhole, listedOn } = input;
    await tx.insert(registrationLists).values({
      ...{ id: listId, packId: pack.id, packVersion: pack.version, listedOn, isWhole, sha256 },
      loadedBy: actor.kind === "staff" ? actor.id : null,
      loadedAt: at,
    });
    const done: Applied = { matched: 0, added: 0, changed: 0 };
    for await (const rows of inBatches(readList(input.file, encoding))) {
      const one = await applyRows(tx, { rows, listId, pack });
      done.matched += one.matched;
      done.added += one.added;
      done.changed += one.changed;
    }
    // A row that could not be read may be any company's: then none is said to be missing.
    const gone = isWhole && counted.unread === 0 ? await markGone(tx, pack.id, listId) : 0;
    const { rows, bad, faults } = counted;
    const counts = { rows, bad, ...done, gone };
    await tx
      .update(registrationLists)
      .set({ ...counts, faults, finishedAt: at })
      .where(eq(registrationLists.id, listId));
    const event = { action: "watch.loaded", subjectTable: "registration_lists", subjectId: listId };
    await recordEvent(tx, { ...event, data: counts, at }, actor);
    return { listId, already: false };
  });
}

async function hashFile(file: string): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest();
}

async function countRows(
  list: AsyncIterable<ReadRow | ListFault>,
): Promise<{ rows: number; bad: number; unread: number; faults: ListFault[] }> {
  const faults: ListFault[] = [];
  let [rows, bad, unread] = [0, 0, 0];
  for await (const one of list) {
    rows += 1;
    if (!("fault" in one)) continue;
    bad += 1;
    if (one.fault !== "twice") unread += 1;
    if (faults.length < FAULTS_TOLD) faults.push(one);
  }
  if (rows === 0) throw new DomainError("list_empty", 400, "名录里没有内容，请核对后重新选择文件。");
  return { rows, bad, unread, faults };
}

async function* inBatches(list: AsyncIterable<ReadRow | ListFault>): AsyncGenerator<ReadRow[]> {
  let batch: ReadRow[] = [];
  for await (const one of list) {
    if ("fault" in one) continue;
    batch.push(one);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function findEarlier(
  tx: Tx,
  of: { packId: string; packVersion: string; sha256: Buffer },
): Promise<{ same: string | null; newest: string | null }> {
  const [same] = await tx
    .select({ id: registrationLists.id })
    .from(registrationLists)
    .where(
      and(
        eq(registrationLists.packId, of.packId),
        eq(registrationLists.packVersion, of.packVersion),
        eq(registrationLists.sha256, of.sha256),
      ),
    );
  const [newest] = await tx
    .select({ on: registrationLists.listedOn })
    .from(registrationLists)
    .where(and(eq(registrationLists.packId, of.packId), isNotNull(registrationLists.finishedAt)))
    .orderBy(desc(registrationLists.listedOn))
    .limit(1);
  return { same: same?.id ?? null, newest: newest?.on ?? null };
}

async function markGone(tx: Tx, packId: string, listId: string): Promise<number> {
  const gone = await tx
    .update(watchEntries)
    .set({ goneListId: listId, version: sql`${watchEntries.version} + 1` })
    .where(
      and(
        eq(watchEntries.packId, packId),
        ne(watchEntries.lastListId, listId),
        isNull(watchEntries.goneListId),
      ),
    )
    .returning({ id: watchEntries.id });
  for (let from = 0; from < gone.length; from += BATCH)
    await tx
      .insert(watchVersions)
      .values(
        gone
          .slice(from, from + BATCH)
          .map(({ id }) => ({ id: uuidv7(), entryId: id, listId, kind: "gone", facts: {} })),
      );
  return gone.length;
}
