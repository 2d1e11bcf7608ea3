import { and, asc, eq, gt, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import { lapseAward } from "~server/ledger/lapse-award.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import { noteNews } from "~server/notifications/note-news.server";
import { systemActor } from "~server/staff-auth/actor";
import { lastDayOf } from "./open-claim.server";

/** How many days before its last day an award's informant is told once more that there is news. */
const REMIND_DAYS = 14;
const A_RUN = 200;
const LAST_DAY = sql`coalesce(${awardClaims.extendedTo}, ${awardClaims.claimBy})`;

/**
 * Lets awards lapse whose last day is over: available / encumbered, once each, dated today, with news for the informant.
 * What the database keeps meanwhile (an objection, a hold, an acceptance that came first) is passed over until the next
 * run. Returns how many lapsed and how many it passed over.
 */
export async function lapseClaims(db: Database, clock: Clock): Promise<{ lapsed: number; kept: number }> {
  const today = chinaDay(clock.now());
  const actor = systemActor("lapse-claims");
  let lapsed = 0;
  let kept = 0;
  // What is kept today stands in no later award's way.
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const due = await withActor(db, actor, (tx) =>
      tx
        .select({ id: awards.id })
        .from(awards)
        .innerJoin(awardClaims, eq(awardClaims.awardId, awards.id))
        .where(and(eq(awards.status, "approved"), lt(LAST_DAY, sql`${today}::date`), gt(awards.id, after)))
        .orderBy(asc(awards.id))
        .limit(A_RUN),
    );
    for (const { id } of due) {
      after = id;
      if (await lapseOne(db, id, today, clock)) lapsed += 1;
      else kept += 1;
    }
    if (due.length < A_RUN) break;
  }
  if (lapsed > 0) await numberAfterCommit(db);
  return { lapsed, kept };
}

/** Whether it lapsed; false where something keeps it. An acceptance at the same moment goes first, or finds it lapsed. */
async function lapseOne(db: Database, awardId: string, today: string, clock: Clock): Promise<boolean> {
  const actor = systemActor("lapse-claims");
  try {
    return await retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const award = await lockAward(tx, awardId);
        const [claim] = await tx
          .select()
          .from(awardClaims)
          .where(eq(awardClaims.awardId, awardId))
          .for("update");
        const lastDay = claim === undefined ? null : lastDayOf(claim);
        if (award.status !== "approved" || lastDay === null || today <= lastDay) return false;
        await lapseAward(tx, { awardId: award.id, eventOn: today }, actor, clock);
        await noteNews(tx, { tipIds: [award.tipId] }, today);
        return true;
      }),
    );
  } catch (error) {
    // A rule of the database says "not now"; the next run asks again.
    if (databaseFault(error).code === "23514") return false;
    throw error;
  }
}

/** Tells informants once that their time is running out. Returns how many. */
export async function remindClaims(db: Database, clock: Clock): Promise<{ reminded: number }> {
  const today = chinaDay(clock.now());
  return withActor(db, systemActor("remind-claims"), async (tx) => {
    const due = await tx
      .select({ awardId: awards.id, tipId: awards.tipId })
      .from(awards)
      .innerJoin(awardClaims, eq(awardClaims.awardId, awards.id))
      .where(
        and(
          eq(awards.status, "approved"),
          lte(LAST_DAY, sql`${addDays(today, REMIND_DAYS)}::date`),
          sql`${LAST_DAY} >= ${today}::date`,
          // Not on the day they were first told, and again only for a later day.
          lt(awardClaims.toldOn, today),
          or(
            isNull(awardClaims.remindedOn),
            lt(awardClaims.remindedOn, sql`${LAST_DAY} - ${REMIND_DAYS}::int`),
          ),
        ),
      )
      .orderBy(asc(awards.id))
      .limit(A_RUN);
    for (const { awardId, tipId } of due) {
      await tx.select().from(awards).where(eq(awards.id, awardId)).for("update");
      await tx.update(awardClaims).set({ remindedOn: today }).where(eq(awardClaims.awardId, awardId));
      await noteNews(tx, { tipIds: [tipId] }, today);
    }
    return { reminded: due.length };
  });
}
