import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { tipFiles } from "~db/schema/evidence";
import { tips } from "~db/schema/intake";
import { deletionBatches, deletionItems } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { trailLead } from "~server/intake/trail-lead";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

export type Destruction = { destroyed: number; held: number; changed: number };

const EXECUTOR = systemActor("destroy-approved");

/**
 * Carries out what two people agreed to, report by report, each in a transaction of its own; what came under hold or
 * changed since the set was frozen is passed over and named. Files leave the disk after their rows are gone: stopped in
 * between, `sweepEvidence` drops what no row knows. May stop anywhere and begin again.
 */
export async function destroyApproved(
  portal: Pick<Portal, "db" | "clock" | "evidence">,
): Promise<Destruction> {
  const { db, clock } = portal;
  const done: Destruction = { destroyed: 0, held: 0, changed: 0 };
  const [batch] = await withActor(db, EXECUTOR, (tx) =>
    tx.select().from(deletionBatches).where(eq(deletionBatches.state, "approved")).limit(1),
  );
  if (batch === undefined) return done;
  const waiting = await withActor(db, EXECUTOR, (tx) =>
    tx
      .select({ id: deletionItems.id })
      .from(deletionItems)
      .where(and(eq(deletionItems.batchId, batch.id), isNull(deletionItems.outcome)))
      .orderBy(asc(deletionItems.ordinal)),
  );
  for (const { id } of waiting) {
    const result = await destroyOne(portal, id);
    if (result === null) continue;
    done[result.outcome] += 1;
    for (const fileId of result.files) await portal.evidence.store.drop(fileId);
  }
  await withActor(db, EXECUTOR, async (tx) => {
    const [ended] = await tx
      .update(deletionBatches)
      .set({ state: "done", doneAt: clock.now() })
      .where(and(eq(deletionBatches.id, batch.id), eq(deletionBatches.state, "approved")))
      .returning({ id: deletionBatches.id });
    if (ended === undefined) return;
    await recordEvent(
      tx,
      {
        action: "retention.carried_out",
        subjectTable: "deletion_batches",
        subjectId: batch.id,
        data: { destroyed: done.destroyed, held: done.held, changed: done.changed },
        at: clock.now(),
      },
      EXECUTOR,
    );
  });
  return done;
}

/** null where another server was faster. */
async function destroyOne(
  { db, clock }: Pick<Portal, "db" | "clock">,
  itemId: string,
): Promise<{ outcome: keyof Destruction; files: string[] } | null> {
  const at = clock.now();
  return withActor(db, EXECUTOR, async (tx) => {
    const [item] = await tx
      .select({
        tipId: deletionItems.tipId,
        category: deletionItems.category,
        policyVersion: deletionBatches.policyVersion,
        leadId: tips.leadId,
        concernsOfficial: tips.concernsOfficial,
      })
      .from(deletionItems)
      .innerJoin(deletionBatches, eq(deletionBatches.id, deletionItems.batchId))
      .innerJoin(tips, eq(tips.id, deletionItems.tipId))
      .where(and(eq(deletionItems.id, itemId), isNull(deletionItems.outcome)))
      .for("update", { of: tips });
    if (item === undefined) return null;
    const files = await tx.select({ id: tipFiles.id }).from(tipFiles).where(eq(tipFiles.tipId, item.tipId));
    const { rows } = await tx.execute<{ outcome: keyof Destruction | null }>(
      sql`select destroy_tip(${itemId}::uuid, ${chinaDay(at)}::date) as outcome`,
    );
    const outcome = rows[0]?.outcome ?? null;
    if (outcome === null) return null;
    if (outcome !== "destroyed") return { outcome, files: [] };
    await recordEvent(
      tx,
      {
        action: "tip.destroyed",
        subjectTable: "tips",
        subjectId: item.tipId,
        ...trailLead(item),
        data: { category: item.category, policy: item.policyVersion },
        at,
      },
      EXECUTOR,
    );
    return { outcome, files: files.map(({ id }) => id) };
  });
}
