import { and, asc, eq, inArray, isNull, lt, notExists, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { trailLead } from "~server/intake/trail-lead";
import { lapseWishes } from "~server/messages/lapse-wishes.server";
import { systemActor } from "~server/staff-auth/actor";

/**
 * Years after a lead was closed for which its receipts still open: the time within which rights out of the matter can
 * be brought to court (民法典 第一百八十八条, 三年). Later a receipt that turns up would only betray who kept it.
 */
export const RECEIPT_YEARS = 3;

/** Receipts closed in one transaction, and in one run: the trail is written by one hand at a time. */
const BATCH = 200;
const A_RUN = 5_000;

/** An award that may still be decided, claimed or paid keeps its receipt open. */
const OPEN_AWARDS = ["drafted", "prepared", "reviewed", "approved", "accepted", "posted"];

/** Closes the receipts of leads closed more than three years ago. Says how many. */
export async function expireReceipts(db: Database, clock: Clock): Promise<{ receipts: number }> {
  const at = clock.now();
  let receipts = 0;
  for (let last = BATCH; last === BATCH && receipts < A_RUN; receipts += last) {
    last = await withActor(db, systemActor("expire-receipts"), (tx) => closeSome(tx, at));
  }
  return { receipts };
}

async function closeSome(tx: Tx, at: Date): Promise<number> {
  const before = new Date(at);
  before.setUTCFullYear(before.getUTCFullYear() - RECEIPT_YEARS);
  const due = await tx
    .select({ id: tips.id, leadId: leads.id, concernsOfficial: tips.concernsOfficial })
    .from(tips)
    .innerJoin(leads, eq(leads.id, tips.leadId))
    .where(
      and(
        lt(leads.closedAt, before),
        isNull(tips.receiptClosedOn),
        notExists(
          tx
            .select({ one: sql`1` })
            .from(awards)
            .where(and(eq(awards.tipId, tips.id), inArray(awards.status, OPEN_AWARDS))),
        ),
      ),
    )
    .orderBy(asc(tips.arrivalNo))
    .limit(BATCH)
    .for("update", { of: tips, skipLocked: true });
  if (due.length === 0) return 0;
  await lapseWishes(
    tx,
    due.map(({ id }) => id),
    chinaDay(at),
  );
  await tx
    .update(tips)
    .set({ receiptClosedOn: chinaDay(at), receiptClosedWhy: "expired" })
    .where(
      inArray(
        tips.id,
        due.map(({ id }) => id),
      ),
    );
  for (const tip of due) {
    await recordEvent(
      tx,
      { action: "tip.receipt_expired", subjectTable: "tips", subjectId: tip.id, ...trailLead(tip), at },
      systemActor("expire-receipts"),
    );
  }
  return due.length;
}
