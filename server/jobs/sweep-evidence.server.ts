import { and, eq, inArray, isNull, lt, ne, notExists, sql } from "drizzle-orm";
import { tipFiles } from "~db/schema/evidence";
import { drafts } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

const SWEEPER = systemActor("sweep-evidence");
const BATCH = 500;

/**
 * Ends what was cut off: files of drafts that are gone, files never received to their end or never sent with a message,
 * files marked as removed whose chunks still lie there, and chunks no row knows. Rows are marked first (their keys go
 * with the mark), then the disk is cleared, then the rows go: it may stop anywhere and begin again. What is younger
 * than a day is left alone. Says how many files went.
 */
export async function sweepEvidence(
  portal: Pick<Portal, "db" | "clock" | "evidence">,
): Promise<{ readonly files: number; readonly strays: number }> {
  const yesterday = addDays(chinaDay(portal.clock.now()), -1);
  await withActor(portal.db, SWEEPER, (tx) =>
    tx
      .update(tipFiles)
      .set({ state: "removed", meta: null })
      .where(
        and(
          isNull(tipFiles.tipId),
          ne(tipFiles.state, "removed"),
          lt(tipFiles.addedOn, yesterday),
          sql`(${tipFiles.state} = 'receiving' or ${tipFiles.meta} is null or ${notExists(
            tx
              .select({ one: sql`1` })
              .from(drafts)
              .where(eq(drafts.lookupId, tipFiles.lookupId)),
          )})`,
        ),
      ),
  );
  return { files: await dropMarked(portal), strays: await dropStrays(portal, yesterday) };
}

async function dropMarked({ db, evidence }: Pick<Portal, "db" | "evidence">): Promise<number> {
  let files = 0;
  for (;;) {
    const marked = await withActor(db, SWEEPER, (tx) =>
      tx.select({ id: tipFiles.id }).from(tipFiles).where(eq(tipFiles.state, "removed")).limit(BATCH),
    );
    if (marked.length === 0) return files;
    const ids = marked.map(({ id }) => id);
    for (const id of ids) await evidence.store.drop(id);
    await withActor(db, SWEEPER, (tx) =>
      tx.delete(tipFiles).where(and(eq(tipFiles.state, "removed"), inArray(tipFiles.id, ids))),
    );
    files += ids.length;
  }
}

/** The disk is read before the rows are: a file that comes meanwhile has today's date and is passed over. */
async function dropStrays(
  { db, evidence }: Pick<Portal, "db" | "evidence">,
  yesterday: string,
): Promise<number> {
  let [strays, some]: [number, string[]] = [0, []];
  const settle = async () => {
    if (some.length === 0) return;
    const known = await withActor(db, SWEEPER, (tx) =>
      tx.select({ id: tipFiles.id }).from(tipFiles).where(inArray(tipFiles.id, some)),
    );
    const rows = new Set(known.map(({ id }) => id));
    for (const id of some.filter((one) => !rows.has(one))) {
      await evidence.store.drop(id);
      strays += 1;
    }
    some = [];
  };
  for await (const id of evidence.store.listBefore(addDays(yesterday, -1))) {
    some.push(id);
    if (some.length >= BATCH) await settle();
  }
  await settle();
  return strays;
}
